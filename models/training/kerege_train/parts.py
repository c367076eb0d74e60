"""Which part of the data (`train`, `val`, `test`, or a named test such as `test-night`) each picture is in."""

from __future__ import annotations

import numpy as np

from . import split
from .cache import Shard
from .sources import Source

RENDERED_TEST = 0.12  # of the rendered scenes


def parts(source: Source, shard: Shard, known: dict[str, str]) -> dict[str, str]:
    """The part of every prepared picture of a source."""
    keys = [line["key"] for line in shard.lines]
    if source.split != "by_scene":
        return dict.fromkeys(keys, source.split)
    if source.kind == "rendered":
        return {key: rendered(key.rsplit("/", 1)[0]) for key in keys}
    fresh = [line for line in shard.lines if line["key"] not in known]
    if not fresh:
        return {key: known[key] for key in keys}
    alike = split.likeness(np.array([split.descriptor(shard.pixels(line)) for line in shard.lines]))
    return inherited(keys, split.scenes(alike), known)


def rendered(scene: str) -> str:
    """`test` for a rendered scene whose folder begins with `test-`, else drawn by its name."""
    held_out = scene.rsplit("/", 1)[-1].startswith("test-")
    return "test" if held_out else split.part(scene, RENDERED_TEST, 0.0)


def inherited(keys: list[str], scene: list[int], known: dict[str, str]) -> dict[str, str]:
    """Known parts as they are; a new picture goes with its scene, a new scene is drawn by its name."""
    of_scene = {number: known[key] for key, number in zip(keys, scene, strict=True) if key in known}
    drawn = {number: of_scene.get(number, split.part(keys[number])) for number in set(scene)}
    return {key: known.get(key, drawn[number]) for key, number in zip(keys, scene, strict=True)}
