"""Files between these tools and `kerege-edge replay`, and the field's own formats (MOT challenge, KITTI)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from .noise import Detections
from .seen import CLASSES, Rows, occlude

START = "2026-06-15T06:00:00.000Z"
"""When `t` is 0 in every recording."""


@dataclass
class Sequence:
    """Detections of one camera with the truth beside them."""

    name: str
    size: tuple[int, int]
    fps: float
    t: np.ndarray
    found: Detections
    truth: Rows
    """Only those who count as truth (see `fair`)."""


def fair(rows: Rows, height: int) -> Rows:
    """Who a tracker is asked for: at least a quarter visible, half in the frame, 2 % of its height tall."""
    tall = rows.box[:, 3] - rows.box[:, 1]
    return rows.pick((rows.visible >= 0.25) & (rows.inside >= 0.5) & (tall >= 0.02 * height))


def write_detections(path: Path, size: tuple[int, int], t: np.ndarray, found: Detections) -> None:
    """Writes `detections.jsonl`: a header, then a line per frame; boxes as 0..1 of the frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    starts = np.searchsorted(found.frame, np.arange(len(t) + 1))
    box = np.round(found.box / (size[0], size[1], size[0], size[1]), 5).tolist()
    score, cls = np.round(found.score, 3).tolist(), found.cls.tolist()
    with path.open("wb") as file:
        head = {"v": 1, "size": {"width": size[0], "height": size[1], "pixel_aspect": 1.0}, "start": START}
        file.write(orjson.dumps(head) + b"\n")
        for k, when in enumerate(np.round(t, 4).tolist()):
            rows = [
                {"class": CLASSES[cls[i]], "score": score[i], "box": box[i]} for i in range(starts[k], starts[k + 1])
            ]
            file.write(orjson.dumps({"frame": k, "t": when, "detections": rows}) + b"\n")


@dataclass
class Tracked:
    """What a tracker says: one row per box, sorted by frame."""

    frame: np.ndarray
    track: np.ndarray
    box: np.ndarray


def read_tracks(path: Path, size: tuple[int, int]) -> Tracked:
    """Reads `tracks.jsonl`; boxes in pixels."""
    frame, track, box = [], [], []
    for line in path.read_bytes().splitlines():
        row = orjson.loads(line)
        if "track" in row:
            frame.append(row["frame"])
            track.append(int(row["track"].removeprefix("t-")))
            box.append(row["box"])
    scale = (size[0], size[1], size[0], size[1])
    return Tracked(np.array(frame, int), np.array(track, int), np.array(box, float).reshape(-1, 4) * scale)


def _rows(frame, user, cls, box, visible) -> Rows:
    n = len(frame)
    order = np.argsort(frame, kind="stable")
    box = np.asarray(box, float).reshape(-1, 4)[order]
    return Rows(
        np.asarray(frame, int)[order], np.asarray(user, int)[order], np.asarray(cls, int)[order], box, box.copy(),
        np.asarray(visible, float)[order], np.ones(n), np.ones(n),
    )


KITTI = {"Car": "car", "Van": "van", "Truck": "truck", "Pedestrian": "person", "Person_sitting": "person", "Cyclist": "bicycle"}
KITTI_SIZE = (1242, 375)


def kitti(path: Path) -> tuple[Rows, int]:
    """KITTI tracking labels as rows, and the number of frames. The occlusion flag 0/1/2 and the depths decide what
    is hidden; the labels' boxes are whole boxes."""
    table = [line.split() for line in path.read_text().splitlines()]
    frames = max(int(row[0]) for row in table) + 1
    table = [row for row in table if row[2] in KITTI]
    rows = _rows(
        [int(r[0]) for r in table], [int(r[1]) for r in table], [CLASSES.index(KITTI[r[2]]) for r in table],
        [[float(v) for v in r[6:10]] for r in table], np.ones(len(table)),
    )
    rows.depth = np.array([float(r[15]) for r in sorted(table, key=lambda r: int(r[0]))])
    occlude(rows, frames, *KITTI_SIZE)
    return rows, frames


def mot(folder: Path, size: tuple[int, int], fps: float) -> Sequence:
    """A MOT challenge folder with det.txt (scores 0..1) and gt.txt."""
    det = np.loadtxt(folder / "det.txt", delimiter=",", ndmin=2)
    gt = np.loadtxt(folder / "gt.txt", delimiter=",", ndmin=2)
    gt = gt[gt[:, 6] != 0]
    frames = int(max(det[:, 0].max(), gt[:, 0].max()))
    box = lambda m: np.column_stack([m[:, 2], m[:, 3], m[:, 2] + m[:, 4], m[:, 3] + m[:, 5]])  # noqa: E731
    person = CLASSES.index("person")
    truth = _rows(gt[:, 0] - 1, gt[:, 1], np.full(len(gt), person), box(gt), np.ones(len(gt)))
    det = det[np.argsort(det[:, 0], kind="stable")]
    n = len(det)
    found = Detections(
        det[:, 0].astype(int) - 1, np.full(n, -1), np.full(n, person), det[:, 6],
        np.clip(box(det), 0, (size[0], size[1], size[0], size[1])),
    )
    return Sequence(folder.name, size, fps, np.arange(frames) / fps, found, truth)
