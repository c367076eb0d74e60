"""The signal heads: where they stand, what they show, and their shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import materials as m
from . import packed
from .mesh import Mesh, box, build, join
from .world import HALF_EW, HALF_NS, STOP_EW, STOP_NS

import numpy as np


@dataclass(frozen=True)
class Head:
    """A signal head on its pole; it faces `heading` (radians) and belongs to a signal group."""

    x: float
    y: float
    z: float
    heading: float
    group: str
    walk: bool = False


def _heads() -> list[Head]:
    out = []
    for arm, angle in (("E", 0.0), ("N", 90.0), ("W", 180.0), ("S", 270.0)):
        a = math.radians(angle)
        half, stop = (HALF_NS, STOP_NS) if arm in "NS" else (HALF_EW, STOP_EW)
        group = "ns" if arm in "NS" else "ew"
        ux, uy = math.cos(a), math.sin(a)
        # Seen by who arrives: right-hand side at the stop line, and the far left corner.
        rx, ry = -uy, ux
        out.append(Head(stop * ux + (half + 0.8) * rx, stop * uy + (half + 0.8) * ry, 2.9, a, group))
        out.append(Head(-(stop + 1.0) * ux + (half + 0.8) * rx, -(stop + 1.0) * uy + (half + 0.8) * ry, 2.9, a, group))
        # Persons who cross this arm walk beside the other street's traffic.
        walk = "walk_ew" if arm in "NS" else "walk_ns"
        for side in (-1, 1):
            cross = stop - 4.6
            facing = math.atan2(-side * ry, -side * rx)
            out.append(Head(cross * ux + side * (half + 1.3) * rx, cross * uy + side * (half + 1.3) * ry, 2.3, facing, walk, True))
    return out


HEADS = _heads()


def _disc(z: float, radius: float, mat: int) -> Mesh:
    turn = np.arange(12) * 2.0 * np.pi / 12
    ring = np.column_stack([np.full(12, 0.125), radius * np.cos(turn), z + radius * np.sin(turn)])
    return build(np.vstack([ring, [[0.125, 0, z]]]), [(i, (i + 1) % 12, 12) for i in range(12)], mat)


def head_mesh(walk: bool) -> Mesh:
    """A head facing +x whose lowest edge is at z = 0."""
    lights = [(0.45, m.SIGNAL_RED), (0.15, m.SIGNAL_GREEN)] if walk else [(0.90, m.SIGNAL_RED), (0.55, m.SIGNAL_YELLOW), (0.20, m.SIGNAL_GREEN)]
    height = 0.6 if walk else 1.1
    pieces = [box((0.22, 0.36, height), (0.0, 0.0, height / 2), m.BLACK)]
    for z, mat in lights:
        pieces += [_disc(z, 0.13 if walk else 0.15, mat), box((0.22, 0.34, 0.02), (0.2, 0, z + 0.16), m.BLACK)]
    return join(pieces)


def glow(head: Head, letters: dict[str, str]) -> int:
    """Which of a head's lamps are lit."""
    letter = letters[head.group]
    return {
        "r": packed.RED, "u": packed.RED | packed.YELLOW, "y": packed.YELLOW, "G": packed.GREEN, "g": packed.GREEN,
    }[letter]
