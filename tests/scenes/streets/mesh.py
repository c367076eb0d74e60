"""Triangle meshes and the few primitives that everything is modelled from.

A mesh is in metres, x forward, y to the left, z up, standing on z = 0 around its ground centre.
Every triangle has one material, or takes it per pixel from the prototype's atlas (see `atlas.py`);
every vertex belongs to a *part* that moves as one (body, a wheel, a leg).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np

BODY = 0
"""The part that does not move against the whole."""


@dataclass
class Mesh:
    """Vertices (n,3), triangles (m,3), material (m,), atlas uv in texels (m,3,2), part (n,)."""

    verts: np.ndarray
    tris: np.ndarray
    mats: np.ndarray
    uvs: np.ndarray
    parts: np.ndarray
    normals: np.ndarray = field(default=None)  # type: ignore[assignment]

    def moved(self, offset=(0, 0, 0), scale=(1, 1, 1), part: int | None = None) -> "Mesh":
        """A copy, scaled then moved, optionally assigned to a part."""
        parts = self.parts if part is None else np.full_like(self.parts, part)
        verts = self.verts * np.asarray(scale, np.float32) + np.asarray(offset, np.float32)
        tris = self.tris if np.prod(scale) > 0 else self.tris[:, ::-1]
        return Mesh(verts.astype(np.float32), tris, self.mats, self.uvs, parts)

    def rotated(self, axis: int, angle: float) -> "Mesh":
        """A copy turned by `angle` radians about a coordinate axis through the origin."""
        a, b = [(1, 2), (2, 0), (0, 1)][axis]
        verts = self.verts.copy()
        c, s = np.cos(angle), np.sin(angle)
        verts[:, a] = c * self.verts[:, a] - s * self.verts[:, b]
        verts[:, b] = s * self.verts[:, a] + c * self.verts[:, b]
        return Mesh(verts, self.tris, self.mats, self.uvs, self.parts)


def build(verts, tris, mat: int, part: int = BODY) -> Mesh:
    """A mesh of one material."""
    verts = np.asarray(verts, np.float32).reshape(-1, 3)
    tris = np.asarray(tris, np.int32).reshape(-1, 3)
    return Mesh(
        verts, tris, np.full(len(tris), mat, np.int16),
        np.zeros((len(tris), 3, 2), np.float32), np.full(len(verts), part, np.int16),
    )


def join(meshes: list[Mesh]) -> Mesh:
    """One mesh of several."""
    offsets = np.cumsum([0] + [len(m.verts) for m in meshes[:-1]])
    return Mesh(
        np.concatenate([m.verts for m in meshes]),
        np.concatenate([m.tris + o for m, o in zip(meshes, offsets)]).astype(np.int32),
        np.concatenate([m.mats for m in meshes]),
        np.concatenate([m.uvs for m in meshes]),
        np.concatenate([m.parts for m in meshes]),
    )


def box(size, centre, mat: int, part: int = BODY) -> Mesh:
    """An axis-aligned box."""
    sx, sy, sz = (s / 2.0 for s in size)
    verts = [(x * sx, y * sy, z * sz) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    tris = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return build(np.array(verts) + np.array(centre), tris, mat, part)


def loft(sections: np.ndarray, mat: int, part: int = BODY, caps: bool = True) -> Mesh:
    """A skin over closed sections, shape (stations, points, 3), each running the same way round.

    The skin faces outward whichever way that is.
    """
    sections = np.asarray(sections, np.float32)
    n, k, _ = sections.shape
    i, j = np.meshgrid(np.arange(n - 1), np.arange(k), indexing="ij")
    a, b = i * k + j, i * k + (j + 1) % k
    c, d = a + k, b + k
    tris = np.concatenate([np.stack([a, b, d], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)])
    verts = sections.reshape(-1, 3)
    if caps:
        centres = np.stack([sections[0].mean(0), sections[-1].mean(0)])
        verts = np.concatenate([verts, centres])
        ring, nxt = np.arange(k), (np.arange(k) + 1) % k
        first = np.stack([np.full(k, n * k), nxt, ring], -1)
        last = np.stack([np.full(k, n * k + 1), ring + (n - 1) * k, nxt + (n - 1) * k], -1)
        tris = np.concatenate([tris, first, last])
    p = (verts - verts.mean(0))[tris]
    if np.einsum("ij,ij->", p[:, 0], np.cross(p[:, 1], p[:, 2])) < 0.0:
        tris = tris[:, ::-1]
    return build(verts, tris, mat, part)


def tube(a, b, ra: float, rb: float, mat: int, part: int = BODY, sides: int = 8) -> Mesh:
    """A tapered round bar from `a` to `b`."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    along = (b - a) / max(np.linalg.norm(b - a), 1e-6)
    helper = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    u = np.cross(along, helper)
    u /= np.linalg.norm(u)
    v = np.cross(along, u)
    turn = np.arange(sides) * 2.0 * np.pi / sides
    ring = np.outer(np.cos(turn), u) + np.outer(np.sin(turn), v)
    return loft(np.stack([a + ring * ra, b + ring * rb]), mat, part)


def ball(centre, radii, mat: int, part: int = BODY, rings: int = 7, sides: int = 10) -> Mesh:
    """An ellipsoid."""
    lat = np.linspace(-np.pi / 2 + 0.05, np.pi / 2 - 0.05, rings)
    turn = np.arange(sides) * 2.0 * np.pi / sides
    unit = np.stack([
        np.stack([np.cos(p) * np.cos(turn), np.cos(p) * np.sin(turn), np.full(sides, np.sin(p))], -1)
        for p in lat
    ])
    return loft(unit * np.asarray(radii) + np.asarray(centre), mat, part)


def wheel(centre, radius: float, width: float, tyre: int, rim: int, part: int) -> Mesh:
    """A wheel with five spokes whose axle runs along y."""
    turn = np.arange(16) * 2.0 * np.pi / 16
    ring = np.stack([np.cos(turn), np.zeros(16), np.sin(turn)], -1)
    profile = [(-0.5, 0.90), (-0.45, 1.0), (0.45, 1.0), (0.5, 0.90)]
    side = np.array([0.0, 1.0, 0.0])
    rubber = loft(np.stack([ring * radius * r + side * width * o for o, r in profile]), tyre, part)
    pieces = [rubber]
    for face in (-1.0, 1.0):
        y = face * width * 0.505
        for spoke in range(5):
            t = spoke * 2.0 * np.pi / 5
            arc = np.linspace(t - 0.42, t + 0.42, 4)
            pts = [(0.0, y, 0.0)] + [(np.cos(q) * radius * 0.66, y, np.sin(q) * radius * 0.66) for q in arc]
            fan = [(0, i, i + 1) if face < 0 else (0, i + 1, i) for i in range(1, 4)]
            pieces.append(build(pts, fan, rim, part))
    return join(pieces).moved(centre)


@numba.njit(cache=True)
def _smooth(verts, tris, crease):
    m = len(tris)
    face = np.zeros((m, 3), np.float32)
    for t in range(m):
        a, b, c = verts[tris[t, 0]], verts[tris[t, 1]], verts[tris[t, 2]]
        face[t] = np.cross(b - a, c - a)
    count = np.zeros(len(verts) + 1, np.int64)
    for t in range(m):
        for k in range(3):
            count[tris[t, k] + 1] += 1
    start = np.cumsum(count)
    fill = start.copy()
    member = np.zeros(m * 3, np.int64)
    for t in range(m):
        for k in range(3):
            v = tris[t, k]
            member[fill[v]] = t
            fill[v] += 1
    out = np.zeros((m, 3, 3), np.float32)
    for t in range(m):
        own = face[t] / max(np.sqrt((face[t] ** 2).sum()), 1e-12)
        for k in range(3):
            v = tris[t, k]
            total = np.zeros(3, np.float32)
            for s in range(start[v], start[v + 1]):
                other = face[member[s]]
                size = np.sqrt((other ** 2).sum())
                if size > 1e-12 and (other * own).sum() / size > crease:
                    total += other
            size = np.sqrt((total ** 2).sum())
            for c in range(3):
                out[t, k, c] = total[c] / size if size > 1e-12 else own[c]
    return out


def with_normals(mesh: Mesh, crease_deg: float = 38.0) -> Mesh:
    """The mesh with corner normals (m,3,3), smooth where faces meet at less than the crease angle."""
    verts = np.ascontiguousarray(mesh.verts, np.float32)
    tris = np.ascontiguousarray(mesh.tris, np.int32)
    mesh.normals = _smooth(verts, tris, np.float32(np.cos(np.radians(crease_deg))))
    return mesh


def projected(mesh: Mesh, views: dict, only: int) -> Mesh:
    """Gives the triangles of material `only` atlas coordinates by the way they face.

    `views` maps "side", "front", "rear" and "top" to a function from points (n,3) to texels (n,2).
    """
    p = mesh.verts[mesh.tris]
    n = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    side = np.abs(n[:, 1]) > 0.55
    front = ~side & (n[:, 0] > 0.72)
    rear = ~side & (n[:, 0] < -0.72)
    top = ~(side | front | rear)
    uvs = mesh.uvs.copy()
    for name, chosen in (("side", side), ("front", front), ("rear", rear), ("top", top)):
        rows = np.nonzero(chosen & (mesh.mats == only))[0]
        if len(rows):
            uvs[rows] = views[name](p[rows].reshape(-1, 3)).reshape(-1, 3, 2)
    mesh.uvs = uvs
    return mesh
