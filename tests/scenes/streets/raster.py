"""Z-buffer rasteriser for instances: what is seen at every pixel, from a camera or from the sun.

Depth is kept as a number that is linear on the picture and grows towards the viewer: 1/z for the
camera, minus the distance for the sun. `ident` holds instance × 2^16 + triangle, −1 for none.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from .packed import Instances, Packed

NEAR = 0.5


@numba.njit(cache=True, fastmath=True, inline="always")
def place(v, part, pose, turn, pivot):
    """A prototype's vertex in the world."""
    x, y, z = v[0], v[1], v[2]
    if part:
        c, s = math.cos(turn[part]), math.sin(turn[part])
        dx, dz = x - pivot[part, 0], z - pivot[part, 1]
        x, z = pivot[part, 0] + c * dx + s * dz, pivot[part, 1] - s * dx + c * dz
    x, y, z = x * pose[5], y * pose[5], z * pose[5]
    return pose[0] + pose[3] * x - pose[4] * y, pose[1] + pose[4] * x + pose[3] * y, pose[2] + z


@numba.njit(cache=True, fastmath=True)
def _fill(a, b, c, code, inst, near, ident, stamp, full):
    height, width = near.shape
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    if abs(area) < 1e-9:
        return
    x0 = max(0, int(math.ceil(min(a[0], b[0], c[0]) - 0.5)))
    x1 = min(width - 1, int(math.floor(max(a[0], b[0], c[0]) - 0.5)))
    y0 = max(0, int(math.ceil(min(a[1], b[1], c[1]) - 0.5)))
    y1 = min(height - 1, int(math.floor(max(a[1], b[1], c[1]) - 0.5)))
    inv = 1.0 / area
    for y in range(y0, y1 + 1):
        py = y + 0.5
        for x in range(x0, x1 + 1):
            px = x + 0.5
            u = ((b[0] - px) * (c[1] - py) - (b[1] - py) * (c[0] - px)) * inv
            v = ((c[0] - px) * (a[1] - py) - (c[1] - py) * (a[0] - px)) * inv
            w = 1.0 - u - v
            if u < 0.0 or v < 0.0 or w < 0.0:
                continue
            if stamp[y, x] != inst:
                stamp[y, x] = inst
                full[inst] += 1
            d = u * a[2] + v * b[2] + w * c[2]
            if d > near[y, x]:
                near[y, x] = d
                ident[y, x] = code


@numba.njit(cache=True, fastmath=True)
def _draw(proto, pose, turn, verts, parts, tris, vert, tri, pivots, rows, shift, focal, flip, near, ident, stamp, full, boxes):
    height, width = near.shape
    scratch = np.empty((int((vert[1:] - vert[:-1]).max()), 3), np.float32)
    for i in range(len(proto)):
        p = proto[i]
        base = vert[p]
        count = vert[p + 1] - base
        low_x = low_y = 1e9
        high_x = high_y = -1e9
        behind = False
        for k in range(count):
            x, y, z = place(verts[base + k], parts[base + k], pose[i], turn[i], pivots[p])
            z = z * flip
            cx = rows[0, 0] * x + rows[0, 1] * y + rows[0, 2] * z + shift[0]
            cy = rows[1, 0] * x + rows[1, 1] * y + rows[1, 2] * z + shift[1]
            cz = rows[2, 0] * x + rows[2, 1] * y + rows[2, 2] * z + shift[2]
            if focal > 0.0:
                if cz < NEAR:
                    behind = True
                    break
                cx, cy, cz = focal * cx / cz + width * 0.5, focal * cy / cz + height * 0.5, 1.0 / cz
            else:
                cz = -cz
            scratch[k, 0], scratch[k, 1], scratch[k, 2] = cx, cy, cz
            low_x, high_x = min(low_x, cx), max(high_x, cx)
            low_y, high_y = min(low_y, cy), max(high_y, cy)
        if behind or high_x < 0 or low_x > width or high_y < 0 or low_y > height:
            boxes[i, 0] = np.nan
            continue
        boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3] = low_x, low_y, high_x, high_y
        for t in range(tri[p], tri[p + 1]):
            local = t - tri[p]
            _fill(scratch[tris[t, 0]], scratch[tris[t, 1]], scratch[tris[t, 2]], (i << 16) | local, i, near, ident, stamp, full)


class Target:
    """Buffers of one view of `width` × `height`, kept over frames."""

    def __init__(self, width: int, height: int) -> None:
        self.near = np.empty((height, width), np.float32)
        self.ident = np.empty((height, width), np.int32)
        self.stamp = np.empty((height, width), np.int32)
        self.full = np.zeros(0, np.int64)
        self.boxes = np.zeros((0, 4), np.float32)

    def draw(self, packed: Packed, instances: Instances, rotation, position, focal: float,
             behind=None, mirror: bool = False) -> None:
        """Draws the instances; `behind` is the depth of what stands still (or None for emptiness).

        `focal` in pixels, or 0 for a parallel view, whose `rotation` rows are then in pixels per
        metre and whose `position` maps to the picture's corner. `mirror` draws the picture in a
        puddle: the world turned over the plane z = 0.
        Afterwards `boxes` are the whole outlines in pixels (NaN: not in view), `full` the pixels each
        would cover if nothing stood before it, and `ident` who is seen.
        """
        n = len(instances.proto)
        if behind is None:
            self.near.fill(-1e9)
        else:
            np.copyto(self.near, behind)
        self.ident.fill(-1)
        self.stamp.fill(-1)
        self.full = np.zeros(n, np.int64)
        self.boxes = np.zeros((n, 4), np.float32)
        rows = np.asarray(rotation, np.float32)
        shift = (-rows @ np.asarray(position, np.float32)).astype(np.float32)
        _draw(
            instances.proto, instances.pose, instances.turn, packed.verts, packed.parts, packed.tris,
            packed.vert, packed.tri, packed.pivots, rows, shift, np.float32(focal),
            np.float32(-1.0 if mirror else 1.0), self.near, self.ident, self.stamp, self.full, self.boxes,
        )


@numba.njit(cache=True)
def seen(ident, n):
    """Pixels seen of each of n instances (n,) and the boxes around them (n,4) in pixels."""
    height, width = ident.shape
    count = np.zeros(n, np.int64)
    boxes = np.empty((n, 4), np.float32)
    boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3] = 1e9, 1e9, -1e9, -1e9
    for y in range(height):
        for x in range(width):
            code = ident[y, x]
            if code >= 0:
                i = code >> 16
                count[i] += 1
                boxes[i, 0] = min(boxes[i, 0], x)
                boxes[i, 1] = min(boxes[i, 1], y)
                boxes[i, 2] = max(boxes[i, 2], x + 1)
                boxes[i, 3] = max(boxes[i, 3], y + 1)
    return count, boxes
