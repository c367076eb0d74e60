"""Prototypes laid end to end, so that compiled loops can reach any of them by number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .mesh import Mesh

PARTS = 12
"""The most parts that a prototype may have, the body included."""


@dataclass
class Packed:
    """Arrays over all prototypes; prototype p owns `vert[p]:vert[p+1]` and `tri[p]:tri[p+1]`."""

    verts: np.ndarray
    parts: np.ndarray
    tris: np.ndarray
    normals: np.ndarray
    mats: np.ndarray
    uvs: np.ndarray
    vert: np.ndarray
    tri: np.ndarray
    pivots: np.ndarray
    """x and z about which each part turns, shape (prototypes, PARTS, 2)."""


def pack(rows: list[tuple[Mesh, dict]]) -> Packed:
    """Packs meshes (with normals) and their pivots."""
    meshes = [mesh for mesh, _ in rows]
    pivots = np.zeros((len(rows), PARTS, 2), np.float32)
    for i, (_, table) in enumerate(rows):
        for part, (x, z, _) in table.items():
            pivots[i, part] = (x, z)
    ends = lambda sizes: np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)  # noqa: E731
    return Packed(
        np.concatenate([x.verts for x in meshes]).astype(np.float32),
        np.concatenate([x.parts for x in meshes]).astype(np.int16),
        np.concatenate([x.tris for x in meshes]).astype(np.int32),
        np.concatenate([x.normals for x in meshes]).astype(np.float32),
        np.concatenate([x.mats for x in meshes]).astype(np.int16),
        np.concatenate([x.uvs for x in meshes]).astype(np.float32),
        ends([len(x.verts) for x in meshes]), ends([len(x.tris) for x in meshes]), pivots,
    )


@dataclass
class Instances:
    """What stands where in one frame; n road users and signal heads."""

    proto: np.ndarray
    """Prototype of each, int32 (n,)."""
    pose: np.ndarray
    """x, y, z, cosine and sine of the heading, scale, float32 (n,6)."""
    turn: np.ndarray
    """Angle of each part about its pivot, radians, float32 (n, PARTS)."""
    colour: np.ndarray
    """First and second colour, linear, float32 (n,2,3)."""
    lamps: np.ndarray
    """Bits of `Lamp`, int32 (n,)."""
    plate: np.ndarray
    """Row of the plate picture, int32 (n,)."""


BRAKE, BLINK_LEFT, BLINK_RIGHT, LIGHTS, RED, YELLOW, GREEN = 1, 2, 4, 8, 16, 32, 64
"""Bits of `Instances.lamps`: what glows at this moment."""
