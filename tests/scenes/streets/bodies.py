"""Lofted bodies: the outer skin of cars, vans and buses from a few profiles along their length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import materials as m
from .mesh import Mesh, box, join, loft, wheel

PLATE_SIZE = (0.52, 0.112)
"""Width and height of a number plate, metres."""


@dataclass
class Profile:
    """Outlines along x, each a list of (x, value) in metres."""

    top: list[tuple[float, float]]
    belt: list[tuple[float, float]]
    bottom: list[tuple[float, float]]
    half: list[tuple[float, float]]
    tumble: float = 0.22
    """Inward lean of the glass, metres per metre."""
    corner: float = 0.14
    """Rounding of the roof's edge, metres."""
    soft: float = 0.05
    """Rounding of the outlines along x, metres."""

    def value(self, name: str, x) -> np.ndarray:
        """An outline's value at x, rounded."""
        points = sorted(getattr(self, name))
        px, pv = np.array(points, float).T
        x = np.asarray(x, float)
        offsets = np.linspace(-1.0, 1.0, 7) * self.soft
        lo, hi = px[0], px[-1]
        return np.mean([np.interp(np.clip(x + o, lo, hi), px, pv) for o in offsets], axis=0)


def _half_section(profile: Profile, x: float) -> np.ndarray:
    w = float(profile.value("half", x))
    low = float(profile.value("bottom", x))
    top = float(profile.value("top", x))
    belt = min(float(profile.value("belt", x)), top - 0.03)
    side = belt - low
    glass = top - belt
    corner = min(profile.corner, glass * 0.6)
    shoulder = 0.975 * w
    upper = shoulder - profile.tumble * (glass - corner)
    rows = [
        (0.0, low), (0.80 * w, low), (0.95 * w, low + 0.05), (w, low + 0.33 * side),
        (w, low + 0.7 * side), (shoulder, belt),
    ]
    for f in (0.33, 0.66, 1.0):
        rows.append((shoulder + f * (upper - shoulder), belt + f * (glass - corner)))
    rows += [
        (upper - 0.12 * corner, top - 0.55 * corner), (upper - 0.45 * corner, top - 0.16 * corner),
        (upper - 1.1 * corner, top), (0.45 * upper, top + 0.012), (0.0, top + 0.018),
    ]
    return np.array(rows)


def skin(profile: Profile, length: float, stations: int = 40, part: int = 0) -> Mesh:
    """The body's skin, all of material ATLAS, closed at both ends."""
    ends = np.array([0.0, 0.012, 0.035])
    inner = np.linspace(0.06, length - 0.06, stations)
    xs = np.concatenate([ends, inner, length - ends[::-1]]) - length / 2
    rows = []
    for x in xs:
        half = _half_section(profile, x)
        ring = np.concatenate([half, half[-2:0:-1] * (-1.0, 1.0)])
        rows.append(np.column_stack([np.full(len(ring), x), ring]))
    return loft(np.array(rows), m.ATLAS, part)


def rounded_half(length: float, width: float, round_front: float, round_rear: float) -> list[tuple[float, float]]:
    """Plan outline: half widths along x with rounded ends; the roundings are in metres."""
    w, h = width / 2, length / 2
    rows = []
    for f in np.linspace(0.0, 1.0, 6):
        drop = (1.0 - np.sqrt(max(0.0, 1.0 - (1.0 - f) ** 2)))
        rows.append((-h + f * round_rear, w - drop * min(0.32 * w, round_rear)))
        rows.append((h - f * round_front, w - drop * min(0.32 * w, round_front)))
    return rows


def plate(x: float, z: float, facing: int, part: int = 0) -> Mesh:
    """A number plate at `x`, `z`, facing forward (+1) or back (−1); its uv spans 0..1."""
    w, h = PLATE_SIZE[0] / 2, PLATE_SIZE[1] / 2
    quad = box((0.01, 2 * w, 2 * h), (x, 0.0, z), m.BLACK, part)
    face = x + facing * 0.009
    verts = np.array([(face, -w, z - h), (face, w, z - h), (face, w, z + h), (face, -w, z + h)], np.float32)
    tris = np.array([(0, 1, 2), (0, 2, 3)] if facing > 0 else [(0, 2, 1), (0, 3, 2)], np.int32)
    # The text runs to the viewer's right: +y seen from before the car, −y seen from behind.
    u = np.array([1.0, 0.0, 0.0, 1.0]) if facing < 0 else np.array([0.0, 1.0, 1.0, 0.0])
    v = np.array([1.0, 1.0, 0.0, 0.0])
    uv = np.stack([u, v], -1).astype(np.float32)
    shown = Mesh(verts, tris, np.full(2, m.PLATE, np.int16), uv[tris], np.full(4, part, np.int16))
    return join([quad, shown])


def axles(xs, half_track: float, radius: float, width: float, first_part: int, rim: int = m.ALLOY) -> list[Mesh]:
    """Pairs of wheels at the given x; each axle is a part of its own from `first_part` on."""
    out = []
    for i, x in enumerate(xs):
        for side in (-1.0, 1.0):
            out.append(wheel((x, side * half_track, radius), radius, width, m.RUBBER, rim, first_part + i))
    return out


def mirrors(x: float, half: float, z: float, size: float = 0.16) -> list[Mesh]:
    """Door mirrors."""
    return [box((size * 0.6, size * 1.2, size), (x, s * (half + size * 0.5), z), m.PAINT) for s in (-1, 1)]
