"""The sun's view of the street: a parallel picture that tells what lies in shadow."""

from __future__ import annotations

import numba
import numpy as np

REACH = 58.0
"""Half the side of the square of ground that the shadow picture covers, metres."""

SIZE = 2048
EMPTY = -1e8
"""Values below this mean that the sun sees nothing there."""


def middle(camera) -> tuple[float, float, float]:
    """Where the shadow picture of a camera's street is centred: below what the camera looks at."""
    return (camera.target[0], camera.target[1], 0.0)


def view(direction: np.ndarray, centre=(0.0, 0.0, 0.0)) -> tuple[np.ndarray, np.ndarray]:
    """Rows and position for `Target.draw` with focal 0; `direction` points to the sun."""
    d = np.asarray(direction, float) / np.linalg.norm(direction)
    right = np.cross((0.0, 0.0, 1.0), d)
    right /= np.linalg.norm(right)
    up = np.cross(d, right)
    scale = SIZE / (2.0 * REACH)
    rows = np.stack([right * scale, -up * scale, -d])
    corner = np.linalg.solve(rows, np.array([-SIZE / 2.0, -SIZE / 2.0, 0.0]))
    return rows.astype(np.float32), (np.asarray(centre) + corner).astype(np.float32)


@numba.njit(cache=True, fastmath=True, inline="always")
def lit(near, rows, shift, x, y, z, bias):
    """Share of the sun that reaches a point, 0..1; outside the picture all of it."""
    size = near.shape[0]
    px = rows[0, 0] * x + rows[0, 1] * y + rows[0, 2] * z + shift[0]
    py = rows[1, 0] * x + rows[1, 1] * y + rows[1, 2] * z + shift[1]
    d = -(rows[2, 0] * x + rows[2, 1] * y + rows[2, 2] * z + shift[2])
    ix, iy = int(px - 0.5), int(py - 0.5)
    if ix < 1 or iy < 1 or ix >= size - 2 or iy >= size - 2:
        return 1.0
    # Nothing stands between here and the sun: by far the most frequent case.
    if (near[iy, ix] < EMPTY and near[iy - 1, ix - 1] < EMPTY and near[iy - 1, ix + 2] < EMPTY
            and near[iy + 2, ix - 1] < EMPTY and near[iy + 2, ix + 2] < EMPTY):
        return 1.0
    fx, fy = px - 0.5 - ix, py - 0.5 - iy
    total = 0.0
    for oy in range(-1, 3):
        wy = 1.0 - fy if oy == -1 else (fy if oy == 2 else 1.0)
        for ox in range(-1, 3):
            wx = 1.0 - fx if ox == -1 else (fx if ox == 2 else 1.0)
            if near[iy + oy, ix + ox] <= d + bias:
                total += wx * wy
    return total / 9.0
