"""What a pinhole camera could see of simulated traffic: boxes, who hides whom, in columns over all frames.

Road users are cuboids on flat ground. A box is hidden where nearer boxes cover it; since a vehicle does not fill
its box, the nearer ones are shrunk by `INSET` first. Boxes are in pixels of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numba
import numpy as np
from streets import kinds
from streets.camera import Camera
from streets.traffic import STEP, Record

CLASSES = ("car", "van", "bus", "truck", "motorcycle", "bicycle", "person", "vehicle")
"""Words of the contract; `cls` is an index into it."""

INSET = 0.07
GRID = 10
MIN_SIDE = 4.0
"""Boxes with a shorter side than this (px) are left out: nobody asks for them."""


@dataclass
class Rows:
    """One row per road user and frame, sorted by frame; `user` is the same number over all frames."""

    frame: np.ndarray
    user: np.ndarray
    cls: np.ndarray
    box: np.ndarray
    """Whole box, (n, 4) px; may reach out of the frame."""
    shown: np.ndarray
    """Bounds of what can be seen, (n, 4) px."""
    visible: np.ndarray
    """Share of what lies in the frame that nothing hides, 0..1."""
    inside: np.ndarray
    """Share of the box that lies in the frame, 0..1."""
    depth: np.ndarray

    def pick(self, keep: np.ndarray) -> "Rows":
        """The rows of a mask or of indices."""
        return Rows(*(getattr(self, f.name)[keep] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.frame)


def _places(record: Record, t: np.ndarray) -> tuple[np.ndarray, ...]:
    """Frame number, track number, x, y and heading of everybody who is there at each time."""
    parts = []
    for number, track in enumerate(record.tracks):
        n = len(track.xy)
        inside = np.nonzero((t >= track.first * STEP) & (t <= (track.first + n - 1) * STEP))[0]
        if len(inside) and n > 1:
            at, s = t[inside] / STEP - track.first, np.arange(n)
            x, y, h = (np.interp(at, s, column) for column in (track.xy[:, 0], track.xy[:, 1], np.unwrap(track.heading)))
            parts.append((inside, np.full(len(inside), number), x, y, h))
    return tuple(np.concatenate(column) for column in zip(*parts))


def _cuboids(camera: Camera, x, y, heading, size) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (n,4) px of cuboids `size` (n,3) and the least depth of their corners."""
    length, width, height = size.T
    box = np.empty((len(x), 4))
    box[:, :2], box[:, 2:] = np.inf, -np.inf
    least = np.full(len(x), np.inf)
    cos, sin = np.cos(heading), np.sin(heading)
    for a in (-0.5, 0.5):
        for b in (-0.5, 0.5):
            px, py = x + a * length * cos - b * width * sin, y + a * length * sin + b * width * cos
            for z in (0.0, 1.0):
                p = camera.project(np.column_stack([px, py, z * height]))
                box[:, :2] = np.minimum(box[:, :2], p[:, :2])
                box[:, 2:] = np.maximum(box[:, 2:], p[:, :2])
                least = np.minimum(least, p[:, 2])
    return box, least


@numba.njit(cache=True)
def _hidden(starts, box, depth, width, height, shown, visible, inside):  # pragma: no cover (compiled)
    covered = np.zeros((GRID, GRID), np.bool_)
    for f in range(len(starts) - 1):
        a, b = starts[f], starts[f + 1]
        for i in range(a, b):
            x1, y1, x2, y2 = box[i]
            w, h = x2 - x1, y2 - y1
            covered[:] = False
            for j in range(a, b):
                if j == i or depth[j] >= depth[i]:
                    continue
                iw, ih = INSET * (box[j, 2] - box[j, 0]), INSET * (box[j, 3] - box[j, 1])
                jx1, jy1, jx2, jy2 = box[j, 0] + iw, box[j, 1] + ih, box[j, 2] - iw, box[j, 3] - ih
                if jx1 >= x2 or jx2 <= x1 or jy1 >= y2 or jy2 <= y1:
                    continue
                for r in range(GRID):
                    py = y1 + (r + 0.5) / GRID * h
                    if py < jy1 or py > jy2:
                        continue
                    for c in range(GRID):
                        px = x1 + (c + 0.5) / GRID * w
                        if jx1 <= px <= jx2:
                            covered[r, c] = True
            total, free = 0, 0
            sx1, sy1, sx2, sy2 = x2, y2, x1, y1
            for r in range(GRID):
                for c in range(GRID):
                    px, py = x1 + (c + 0.5) / GRID * w, y1 + (r + 0.5) / GRID * h
                    if px < 0 or px > width or py < 0 or py > height:
                        continue
                    total += 1
                    if not covered[r, c]:
                        free += 1
                        sx1, sx2 = min(sx1, px - 0.5 / GRID * w), max(sx2, px + 0.5 / GRID * w)
                        sy1, sy2 = min(sy1, py - 0.5 / GRID * h), max(sy2, py + 0.5 / GRID * h)
            inside[i] = total / (GRID * GRID)
            visible[i] = free / total if total else 0.0
            shown[i, 0], shown[i, 1] = max(sx1, 0.0), max(sy1, 0.0)
            shown[i, 2], shown[i, 3] = min(sx2, width), min(sy2, height)


def occlude(rows: Rows, frames: int, width: float, height: float) -> None:
    """Fills `shown`, `visible` and `inside` from boxes and depths."""
    starts = np.searchsorted(rows.frame, np.arange(frames + 1))
    _hidden(starts, rows.box, rows.depth, float(width), float(height), rows.shown, rows.visible, rows.inside)


def see(record: Record, camera: Camera, t: np.ndarray) -> Rows:
    """Everybody whom the camera has in its frame at each time, hidden or not."""
    frame, user, x, y, heading = _places(record, t)
    table = [kinds.BY_NAME[track.kind] for track in record.tracks]
    size = np.array([(k.length, k.width, k.height) for k in table])[user]
    cls = np.array([CLASSES.index(k.cls) for k in table])[user]
    box, depth = _cuboids(camera, x, y, heading, size)
    w, h = camera.width, camera.height
    keep = (depth > 1.0) & (box[:, 2] > 0) & (box[:, 0] < w) & (box[:, 3] > 0) & (box[:, 1] < h)
    keep &= np.minimum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) >= MIN_SIDE
    order = np.nonzero(keep)[0]
    order = order[np.argsort(frame[order], kind="stable")]
    n = len(order)
    rows = Rows(frame[order], user[order], cls[order], box[order], np.zeros((n, 4)), np.zeros(n), np.zeros(n), depth[order])
    occlude(rows, len(t), w, h)
    return rows.pick(rows.inside > 0.05)
