"""Step 1: decode and shrink every picture once, and ask the teachers about it once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import teachers
from .cache import Shard
from .classes import group
from .pictures import Picture, pictures
from .sources import Source

LOG = logging.getLogger(__name__)


class Panel:
    """All teachers together."""

    def __init__(self, models: Path) -> None:
        self.pvb = teachers.Pvb(models, 2004)
        self.nanodet = teachers.NanoDet(models)
        self.deim = teachers.Deim(models)
        self.kind = teachers.Kind(models)

    def ask(self, picture: Picture, tiles: bool) -> dict:
        """What each teacher says, and the kind of every larger vehicle."""
        pixels = picture.pixels
        look = teachers.tiled if tiles else (lambda teacher, whole: teacher(whole))
        pvb = look(self.pvb, pixels)
        answers = {"pvb": pvb, "nanodet": look(self.nanodet, pixels), "deim": self.deim(pixels)}
        people = [self.kind(pixels, box) if group(m) == "vehicle" else None for m, box in picture.boxes[:20]]
        found = [self.kind(pixels, row[:4]) if row[5] == "vehicle" and row[4] > 0.4 else None for row in pvb[:12]]
        return {"answers": answers, "kinds": {"people": people, "pvb": found}}


def prepare(source: Source, root: Path, cache: Path, models: Path, limit: int | None = None) -> Shard:
    """Fills the cache of one source; what is there already stays."""
    shard = Shard(cache, source.name)
    panel = Panel(models) if source.kind != "rendered" else None
    begun, done = time.monotonic(), len(shard.lines)

    def entries() -> Iterator[tuple[dict, np.ndarray]]:
        for picture in pictures(source, root, shard.keys, limit):
            if panel is None:
                yield {"key": picture.key, "truth": picture.boxes, "ignored": picture.hidden}, picture.pixels
            else:
                asked = panel.ask(picture, source.tiles)
                yield {"key": picture.key, "people": picture.boxes, **asked}, picture.pixels
            if len(shard.lines) % 100 == 0:
                each = (time.monotonic() - begun) / max(1, len(shard.lines) - done)
                LOG.info("%s: %d pictures, %.0f ms each", source.name, len(shard.lines), each * 1000)

    shard.extend(entries())
    LOG.info("%s: %d pictures are prepared", source.name, len(shard.lines))
    return shard
