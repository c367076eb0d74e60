"""The ground: roadway, kerbs, pavements, lawns and markings of the intersection.

Everything visible that stands still is a `Piece`: a mesh and the name of a surface that Blender knows
(`background.py`). Measures follow the SUMO network, whose lanes end where stop lines are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import network
from .mesh import Mesh, box, build

HALF_NS = network.LANES["N"] * network.LANE_WIDTH
HALF_EW = network.LANES["E"] * network.LANE_WIDTH
STOP_NS, STOP_EW = 20.5, 17.0
"""Distance of the stop lines from the centre."""

CROSS_NS, CROSS_EW = 18.5, 15.0
"""Distance of the crossings' middle from the centre."""

KERB = 0.13
CORNER = 10.0
END = network.ARM_LENGTH
PAVEMENT = 5.0


@dataclass
class Piece:
    """A thing that stands still."""

    surface: str
    mesh: Mesh


def flat(points, z: float) -> Mesh:
    """A polygon facing up, as a fan around its mean (it must be star-shaped from there)."""
    p = np.asarray(points, float)
    if np.sum(p[:, 0] * np.roll(p[:, 1], -1) - np.roll(p[:, 0], -1) * p[:, 1]) < 0:
        p = p[::-1]
    verts = np.column_stack([np.vstack([p, p.mean(0)]), np.full(len(p) + 1, z)])
    n = len(p)
    return build(verts, [(i, (i + 1) % n, n) for i in range(n)], 0)


def rect(x1: float, y1: float, x2: float, y2: float, z: float) -> Mesh:
    """An axis-aligned rectangle facing up."""
    return flat([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], z)


def _edge(sx: int, sy: int, offset: float) -> np.ndarray:
    """The kerb line of one quadrant, moved `offset` metres away from the road."""
    a = np.linspace(0.0, np.pi / 2, 13)
    cx, cy, r = HALF_NS + CORNER, HALF_EW + CORNER, CORNER - offset
    arc = np.column_stack([cx - r * np.cos(a), cy - r * np.sin(a)])
    line = np.vstack([[HALF_NS + offset, END], arc, [END, HALF_EW + offset]])
    return line * (sx, sy)


def _band(sx: int, sy: int, inner: float, outer: float, z: float) -> Mesh:
    a, b = _edge(sx, sy, inner), _edge(sx, sy, outer)
    verts = np.column_stack([np.vstack([a, b]), np.full(2 * len(a), z)])
    n = len(a)
    tris = []
    for i in range(n - 1):
        quad = (i, i + 1, n + i + 1, n + i)
        order = [(0, 1, 2), (0, 2, 3)] if sx * sy > 0 else [(0, 2, 1), (0, 3, 2)]
        tris += [tuple(quad[k] for k in o) for o in order]
    return build(verts, tris, 0)


def _kerb_face(sx: int, sy: int) -> Mesh:
    a = _edge(sx, sy, 0.0)
    n = len(a)
    verts = np.vstack([np.column_stack([a, np.zeros(n)]), np.column_stack([a, np.full(n, KERB)])])
    tris = [t for i in range(n - 1) for t in ((i, i + 1, n + i + 1), (i, n + i + 1, n + i))]
    return build(verts, tris, 0)


def ground() -> list[Piece]:
    """Roadway, kerbs, pavements and lawns."""
    mid = HALF_NS + CORNER
    road = [rect(-mid, -HALF_EW, mid, HALF_EW, 0.0)]
    pieces = [
        Piece("asphalt_ew", rect(-END, -HALF_EW, -mid, HALF_EW, 0.0)), Piece("asphalt_ew", rect(mid, -HALF_EW, END, HALF_EW, 0.0)),
        Piece("asphalt_ns", rect(-HALF_NS, HALF_EW, HALF_NS, END, 0.0)),
        Piece("asphalt_ns", rect(-HALF_NS, -END, HALF_NS, -HALF_EW, 0.0)),
    ]
    for sx in (-1, 1):
        for sy in (-1, 1):
            arc = _edge(sx, sy, 0.0)[1:-1]
            corner = np.vstack([arc, [HALF_NS * sx, HALF_EW * sy]])
            verts = np.column_stack([corner, np.zeros(len(corner))])
            hub = len(corner) - 1
            fan = [(hub, i, i + 1) if sx * sy > 0 else (hub, i + 1, i) for i in range(hub - 1)]
            road.append(build(verts, fan, 0))
            pieces += [
                Piece("kerb", _band(sx, sy, 0.0, 0.18, KERB)), Piece("kerb", _kerb_face(sx, sy)),
                Piece("paving", _band(sx, sy, 0.18, PAVEMENT, KERB)),
                Piece("grass", flat([
                    *_edge(sx, sy, PAVEMENT)[1:-1], (END * sx, (HALF_EW + PAVEMENT) * sy), (END * sx, END * sy),
                    ((HALF_NS + PAVEMENT) * sx, END * sy),
                ], KERB)),
            ]
    return [Piece("asphalt", mesh) for mesh in road] + pieces


def on_roadway(x: float, y: float) -> bool:
    """Whether a point of the ground is roadway: an arm, or the junction up to the kerb's curve."""
    ax, ay = abs(x), abs(y)
    if ax < HALF_NS or ay < HALF_EW:
        return True
    dx, dy = HALF_NS + CORNER - ax, HALF_EW + CORNER - ay
    return dx > 0.0 and dy > 0.0 and np.hypot(dx, dy) > CORNER


def _along(arm: str, u1: float, v1: float, u2: float, v2: float, z: float = 0.006) -> Mesh:
    """A rectangle in an arm's own measures: u away from the centre, v to the right of looking outward."""
    ax, ay = network.ARMS[arm]
    rx, ry = ay, -ax
    corners = [(u1, v1), (u2, v1), (u2, v2), (u1, v2)]
    return flat([(u * ax + v * rx, u * ay + v * ry) for u, v in corners], z)


def _dashes(arm: str, start: float, v: float, dash: float, gap: float, width: float = 0.14) -> list[Mesh]:
    out = []
    u = start
    while u < END - dash:
        out.append(_along(arm, u, v - width / 2, u + dash, v + width / 2))
        u += dash + gap
    return out


def _arrow(arm: str, u: float, v: float) -> list[Mesh]:
    ax, ay = network.ARMS[arm]
    rx, ry = ay, -ax
    head = [(u - 4.2, v), (u - 2.8, v + 0.38), (u - 2.8, v - 0.38)]
    return [
        _along(arm, u - 2.9, v - 0.09, u, v + 0.09),
        flat([(a * ax + b * rx, a * ay + b * ry) for a, b in head], 0.006),
    ]


def markings() -> list[Piece]:
    """Stop lines, crossings, lane lines and arrows."""
    out: list[Mesh] = []
    for arm in network.ARMS:
        ns = arm in "NS"
        half, stop, cross = (HALF_NS, STOP_NS, CROSS_NS) if ns else (HALF_EW, STOP_EW, CROSS_EW)
        # Looking outward, traffic that leaves is on the right (v > 0), what arrives on the left.
        out.append(_along(arm, stop, -half + 0.15, stop + 0.45, -0.15))
        v = -half + 0.5
        while v < half - 0.4:
            out.append(_along(arm, cross - 2.0, v, cross + 2.0, v + 0.45))
            v += 1.0
        for side in (-0.14, 0.14):
            out.append(_along(arm, stop, side - 0.07, END, side + 0.07))
        for lane in range(1, network.LANES[arm]):
            v = lane * network.LANE_WIDTH
            out.append(_along(arm, stop + 0.45, -v - 0.07, stop + 22.0, -v + 0.07))
            out += _dashes(arm, stop + 25.0, -v, 3.0, 6.0) + _dashes(arm, stop, v, 3.0, 6.0)
        for lane in range(network.LANES[arm]):
            out += _arrow(arm, stop + 8.0, -(lane + 0.5) * network.LANE_WIDTH)
        out += [_along(arm, stop + 4.0, half - 0.35, END, half - 0.22), _along(arm, stop + 4.0, -half + 0.22, END, -half + 0.35)]
    return [Piece("marking", mesh) for mesh in out]


def manholes() -> list[Piece]:
    """Manhole covers and patches that make the roadway look used."""
    rng = np.random.default_rng(5)
    out = []
    for _ in range(16):
        x, y = (rng.uniform(-6, 6), rng.uniform(-60, 60)) if rng.random() < 0.5 else (rng.uniform(-60, 60), rng.uniform(-9, 9))
        turn = np.linspace(0, 2 * np.pi, 17)[:-1]
        out.append(Piece("iron", flat(np.column_stack([x + 0.34 * np.cos(turn), y + 0.34 * np.sin(turn)]), 0.004)))
    for _ in range(14):
        x, y = (rng.uniform(-5, 4), rng.uniform(-60, 60)) if rng.random() < 0.5 else (rng.uniform(-60, 60), rng.uniform(-9, 7))
        out.append(Piece("patch", rect(x, y, x + rng.uniform(0.8, 3.0), y + rng.uniform(0.8, 4.0), 0.003)))
    return out
