"""What stands around the intersection: houses, trees, lamps, signal poles, fences and a bus stop."""

from __future__ import annotations

import math

import numpy as np

from .mesh import Mesh, box, build, join, tube
from .world import CORNER, HALF_EW, HALF_NS, KERB, PAVEMENT, Piece

FACADES = ("plaster_yellow", "plaster_grey", "plaster_pink", "brick", "panel")

BLOCKS = (
    (-62, 30, -22, 44, 5, 0), (24, 34, 66, 48, 4, 3), (-40, 60, -24, 118, 8, 4), (24, 62, 40, 120, 5, 1),
    (-120, 28, -72, 42, 4, 2), (76, 30, 120, 44, 8, 4), (-70, -62, -40, -34, 5, 3), (36, -70, 64, -36, 5, 0),
    (-30, 140, 30, 156, 9, 4), (-120, -70, -84, -30, 4, 1), (-44, -140, -26, -80, 5, 2), (24, -130, 40, -84, 9, 4),
    (78, -64, 132, -48, 5, 1), (172, -34, 188, 40, 9, 4), (-190, -36, -174, 44, 8, 4), (-34, -192, 36, -176, 5, 0),
)
"""Houses: two opposite corners (m), storeys and the number of the facade."""


def _wall_windows(x1: float, x2: float, y: float, z1: float, z2: float, out: int, axis: int, rng) -> list[Piece]:
    """Windows on one wall; `axis` 0 is a wall along x facing `out` in y, 1 the other way round."""
    pieces = []
    storey, pitch = 3.0, 2.9
    rows, columns = int((z2 - z1) // storey), int(abs(x2 - x1) // pitch)
    margin = (abs(x2 - x1) - columns * pitch) / 2
    glass, lit, frame, sill = [], [], [], []
    for row in range(rows):
        for column in range(columns):
            a = min(x1, x2) + margin + (column + 0.5) * pitch
            z = z1 + row * storey + 1.65
            at = lambda depth: (a, y + out * depth, z) if axis == 0 else (y + out * depth, a, z)  # noqa: E731
            size = lambda w, d, h: (w, d, h) if axis == 0 else (d, w, h)  # noqa: E731
            (lit if rng.random() < 0.35 else glass).append(box(size(1.35, 0.04, 1.35), at(0.0), 0))
            frame += [box(size(1.55, 0.10, 0.10), (at(0.02)[0], at(0.02)[1], z + s * 0.72), 0) for s in (-1, 1)]
            frame.append(box(size(0.07, 0.08, 1.4), at(0.02), 0))
            if column % 4 == 1 and row > 0:
                sill.append(box(size(2.4, 1.0, 0.95), (at(0.5)[0], at(0.5)[1], z - 0.75), 0))
    for surface, meshes in (("window", glass), ("window_lit", lit), ("frame", frame), ("balcony", sill)):
        if meshes:
            pieces.append(Piece(surface, join(meshes)))
    return pieces


def house(x1: float, y1: float, x2: float, y2: float, storeys: int, facade: str, rng) -> list[Piece]:
    """A block of flats with shops on the ground floor."""
    height = 4.0 + storeys * 3.0
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    pieces = [
        Piece(facade, box((x2 - x1, y2 - y1, height), (cx, cy, height / 2), 0)),
        Piece("roof", box((x2 - x1 + 0.5, y2 - y1 + 0.5, 0.35), (cx, cy, height + 0.15), 0)),
        Piece("plinth", box((x2 - x1 + 0.3, y2 - y1 + 0.3, 0.7), (cx, cy, 0.35), 0)),
    ]
    for y, out in ((y1, -1), (y2, 1)):
        pieces += _wall_windows(x1, x2, y, 4.0, height, out, 0, rng)
        pieces += _shops(x1, x2, y, out, 0, rng)
    for x, out in ((x1, -1), (x2, 1)):
        pieces += _wall_windows(y1, y2, x, 4.0, height, out, 1, rng)
        pieces += _shops(y1, y2, x, out, 1, rng)
    return pieces


def _shops(a1: float, a2: float, at: float, out: int, axis: int, rng) -> list[Piece]:
    pieces = []
    a = a1 + 1.0
    while a < a2 - 4.0:
        width = min(rng.uniform(4.0, 8.0), a2 - 1.0 - a)
        mid = a + width / 2
        size = lambda w, d, h: (w, d, h) if axis == 0 else (d, w, h)  # noqa: E731
        spot = lambda depth, z: (mid, at + out * depth, z) if axis == 0 else (at + out * depth, mid, z)  # noqa: E731
        pieces.append(Piece("shop_window", box(size(width - 0.6, 0.06, 2.3), spot(0.0, 1.75), 0)))
        sign = rng.choice(["sign_red", "sign_blue", "sign_green", "sign_white", "sign_yellow"])
        pieces.append(Piece(str(sign), box(size(width - 0.4, 0.16, 0.65), spot(0.08, 3.35), 0)))
        a += width
    return pieces


def _leaves(rng, centre, radii, count: int, size: float) -> Mesh:
    """Leaf clusters as small quads on and in an ellipsoid, facing mostly outward."""
    d = rng.normal(size=(count, 3))
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    at = np.asarray(centre) + d * np.asarray(radii) * rng.uniform(0.55, 1.05, (count, 1)) ** 0.6
    n = d + rng.normal(scale=0.6, size=(count, 3))
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    u = np.cross(n, rng.normal(size=(count, 3)))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(n, u)
    s = size * rng.uniform(0.6, 1.3, (count, 1))
    quad = np.stack([at - u * s, at - v * s * 0.7, at + u * s, at + v * s * 0.7], 1).reshape(-1, 3)
    base = np.arange(count)[:, None] * 4
    tris = np.concatenate([base + [[0, 1, 2]], base + [[0, 2, 3]]])
    return build(quad, tris, 0)


def tree(rng, x: float, y: float, poplar: bool) -> list[Piece]:
    """A poplar or a round-headed elm; the surface of the leaves varies."""
    leaf = f"leaf_{rng.integers(3)}"
    if poplar:
        height = rng.uniform(12.0, 17.0)
        crown = _leaves(rng, (x, y, height * 0.58), (1.5, 1.5, height * 0.44), 2200, 0.24)
        trunk = tube((x, y, 0), (x, y, height * 0.5), 0.24, 0.12, 0)
        return [Piece("bark", trunk), Piece(leaf, crown)]
    height = rng.uniform(6.5, 9.5)
    blobs = [_leaves(rng, (x, y, height * 0.68), (2.3, 2.3, height * 0.27), 1500, 0.22)]
    for _ in range(4):
        a = rng.uniform(0, 2 * math.pi)
        blobs.append(_leaves(rng, (x + 1.5 * math.cos(a), y + 1.5 * math.sin(a), height * rng.uniform(0.5, 0.75)), (1.4, 1.4, 1.1), 500, 0.20))
    branches = [tube((x, y, 0), (x, y, height * 0.55), 0.20, 0.11, 0)]
    for k in range(4):
        a = k * 1.6 + rng.uniform(0, 1)
        branches.append(tube((x, y, height * 0.36), (x + 1.3 * math.cos(a), y + 1.3 * math.sin(a), height * 0.62), 0.09, 0.04, 0))
    return [Piece("bark", join(branches)), Piece(leaf, join(blobs))]


def street_lamp(x: float, y: float, toward: tuple[float, float]) -> list[Piece]:
    """A mast of 9 m with an arm over the road; the head's surface glows at dusk."""
    dx, dy = toward
    head = (x + 2.2 * dx, y + 2.2 * dy, 9.1)
    return [
        Piece("mast", join([tube((x, y, 0), (x, y, 8.6), 0.10, 0.07, 0), tube((x, y, 8.6), (head[0], head[1], 9.15), 0.05, 0.04, 0)])),
        Piece("lamp_head", box((0.7 if dx else 0.28, 0.7 if dy else 0.28, 0.10), head, 0)),
    ]


LAMPS = [
    (-HALF_NS - 1.0, 32.0, (1.0, 0.0)), (HALF_NS + 1.0, 48.0, (-1.0, 0.0)), (-HALF_NS - 1.0, 74.0, (1.0, 0.0)),
    (-HALF_NS - 1.0, -33.0, (1.0, 0.0)), (-32.0, HALF_EW + 1.0, (0.0, -1.0)), (30.0, HALF_EW + 1.0, (0.0, -1.0)),
    (-30.0, -HALF_EW - 1.2, (0.0, 1.0)), (-60.0, HALF_EW + 1.0, (0.0, -1.0)),
    (34.0, -HALF_EW - 1.0, (0.0, 1.0)), (-12.5, 14.5, (0.7, -0.7)), (12.5, 14.5, (-0.7, -0.7)),
]
"""Street lamps: place and the way their arm points."""


def _fence(a, b) -> Piece:
    """A pedestrian railing."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    n = max(2, int(np.linalg.norm(b - a) / 1.5))
    rows = []
    for f in np.linspace(0, 1, n):
        x, y = a + f * (b - a)
        rows.append(tube((x, y, KERB), (x, y, KERB + 1.0), 0.03, 0.03, 0, sides=5))
    for z in (0.35, 0.7, 1.0):
        rows.append(tube((*a, KERB + z), (*b, KERB + z), 0.022, 0.022, 0, sides=5))
    return Piece("railing", join(rows))


def _bus_stop(x: float, y: float) -> list[Piece]:
    posts = [tube((x + dx, y + dy, KERB), (x + dx, y + dy, 2.6), 0.04, 0.04, 0) for dx in (-2, 2) for dy in (0, 1.3)]
    return [
        Piece("mast", join(posts)), Piece("sign_blue", box((4.6, 1.8, 0.12), (x, y + 0.6, 2.65), 0)),
        Piece("window", box((4.2, 0.04, 1.7), (x, y + 1.4, 1.4), 0)), Piece("bark", box((3.0, 0.4, 0.08), (x, y + 1.0, 0.6), 0)),
    ]


def _billboard(x: float, y: float) -> list[Piece]:
    return [
        Piece("mast", tube((x, y, 0), (x, y, 3.0), 0.15, 0.15, 0)), Piece("frame", box((5.2, 0.3, 2.8), (x, y, 4.4), 0)),
        Piece("sign_white", box((4.9, 0.34, 2.4), (x, y, 4.4), 0)), Piece("sign_red", box((1.6, 0.36, 1.5), (x - 1.2, y, 4.4), 0)),
        Piece("sign_blue", box((2.2, 0.36, 0.4), (x + 1.0, y, 4.8), 0)),
    ]


def _bushes(rng) -> list[Piece]:
    out = []
    for x in np.arange(-60, -24, 2.2):
        out.append(_leaves(rng, (x, HALF_EW + PAVEMENT + 1.2, 0.6), (1.0, 0.7, 0.6), 160, 0.12))
    for y in np.arange(32, 80, 2.4):
        out.append(_leaves(rng, (HALF_NS + PAVEMENT + 1.0, y, 0.6), (0.7, 1.0, 0.55), 160, 0.12))
    return [Piece("leaf_1", join(out))]


def _trees(rng) -> list[Piece]:
    spots = []
    for y in range(30, 130, 9):
        spots += [(-HALF_NS - PAVEMENT - 1.5, y + rng.uniform(-1, 1), y % 2 == 0), (HALF_NS + PAVEMENT + 2.5, y + 4 + rng.uniform(-1, 1), False)]
    for x in range(30, 130, 10):
        spots += [(-x + rng.uniform(-1, 1), HALF_EW + PAVEMENT + 3.0, False), (x, HALF_EW + PAVEMENT + 2.0, x % 20 == 0)]
    spots += [(-x, -HALF_EW - PAVEMENT - 3.0, False) for x in range(46, 120, 11)]
    spots += [(x, -HALF_EW - PAVEMENT - 4.0, False) for x in range(34, 110, 12)]
    spots += [(-HALF_NS - PAVEMENT - 6.0, y, False) for y in range(-90, -46, 10)]
    out = []
    for x, y, poplar in spots:
        out += tree(rng, x, y, poplar)
    return out


def town() -> list[Piece]:
    """Everything that stands around; the same in every clip."""
    rng = np.random.default_rng(17)
    pieces: list[Piece] = []
    for x1, y1, x2, y2, storeys, facade in BLOCKS:
        pieces += house(x1, y1, x2, y2, storeys, FACADES[facade], rng)
    pieces += _trees(rng) + _bushes(rng)
    for lamp in LAMPS:
        pieces += street_lamp(*lamp)
    edge_ns, edge_ew = HALF_NS + 0.45, HALF_EW + 0.45
    far = HALF_EW + CORNER + 1.0
    for sx in (-1, 1):
        pieces += [_fence((sx * edge_ns, far + 2), (sx * edge_ns, far + 22)), _fence((sx * (HALF_NS + CORNER + 1.5), edge_ew), (sx * (HALF_NS + 30), edge_ew))]
    pieces.append(_fence((-HALF_NS - CORNER - 1.5, -edge_ew), (-HALF_NS - 32, -edge_ew)))
    pieces += _bus_stop(-34.0, HALF_EW + 3.0) + _billboard(20.0, 27.0)
    pieces += [Piece("sign_white", box((2.4, 2.0, 2.5), (-19.0, 22.0, 1.35), 0)), Piece("sign_green", box((2.6, 2.2, 0.4), (-19.0, 22.0, 2.6), 0))]
    return pieces


def signal_poles() -> list[Piece]:
    """The poles of the signals; the heads themselves change and are drawn with the traffic."""
    from .signals import HEADS

    out = []
    for head in HEADS:
        x, y = head.x, head.y
        out.append(Piece("mast", tube((x, y, 0), (x, y, head.z + 0.6), 0.075, 0.06, 0)))
    return out
