"""Who is in whose way: bodies as rows of circles on the ground."""

from __future__ import annotations

import math

import numpy as np

from . import kinds
from .traffic import Record

MARGIN = 0.5
"""Room that a scripted ghost keeps to everybody, metres."""

TOUCH = 0.25
"""Bodies that reach into each other by less than this are not called overlapping, metres."""


def _circles(track_kind: str, xy: np.ndarray, heading: np.ndarray) -> tuple[np.ndarray, float]:
    """A body as circles along its length: centres (n, k, 2) and their radius."""
    kind = kinds.BY_NAME[track_kind]
    radius = max(kind.width / 2.0, 0.3)
    reach = max(0.0, kind.length / 2.0 - radius)
    count = max(1, math.ceil(2 * reach / radius))
    offsets = np.linspace(-reach, reach, count) if reach > 0 else np.zeros(1)
    along = np.stack([np.cos(heading), np.sin(heading)], -1)
    return xy[:, None, :] + along[:, None, :] * offsets[None, :, None], radius


def clashes(record: Record, kind: str, first: int, xy: np.ndarray, heading: np.ndarray, margin: float = MARGIN) -> int:
    """In how many steps a body on this course comes closer than `margin` to somebody of the record."""
    own, own_radius = _circles(kind, xy, heading)
    bad = np.zeros(len(xy), bool)
    for track in record.tracks:
        a, b = max(first, track.first), min(first + len(xy), track.last)
        if a >= b:
            continue
        i, j = slice(a - first, b - first), slice(a - track.first, b - track.first)
        near = np.hypot(*(track.xy[j] - xy[i]).T) < 14.0
        if not near.any():
            continue
        other, radius = _circles(track.kind, track.xy[j], track.heading[j])
        gaps = np.linalg.norm(own[i][:, :, None, :] - other[:, None, :, :], axis=-1).min(axis=(1, 2))
        bad[i] |= near & (gaps < own_radius + radius + margin)
    return int(bad.sum())


def overlaps(record: Record, reach: float = 45.0) -> list[tuple[str, int]]:
    """Vehicles of a record that reach into somebody within `reach` metres of the centre: name and steps."""
    out = []
    for track in record.tracks:
        near = np.nonzero(np.abs(track.xy).max(1) < reach)[0]
        if track.kind == "person" or not len(near):
            continue
        a, b = near[0], near[-1] + 1
        rest = Record(record.seconds, [t for t in record.tracks if t is not track], record.letters, [])
        steps = clashes(rest, track.kind, track.first + a, track.xy[a:b], track.heading[a:b], -TOUCH)
        if steps:
            out.append((track.name, steps))
    return out
