"""A YOLOX-shaped detector of the tree (`models/weights`), run as the box runs it, for the noise model to be fitted to."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from .seen import CLASSES

LEAST = 0.1
OVERLAP = 0.45
GROUPS = (("car", "van", "bus", "truck", "vehicle"), ("motorcycle", "bicycle"), ("person",))
COCO = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


def yolox(model: Path, width: int = 640, height: int = 352):
    """A detector from an ONNX file (letterbox at the top left, strides 8, 16, 32): a picture (BGR) to classes, scores and
    boxes (px). Seven classes are ours, eighty are COCO's."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    grid = np.concatenate([
        np.column_stack([*(v.ravel() for v in np.meshgrid(np.arange(width // s), np.arange(height // s))), np.full((width // s) * (height // s), s)])
        for s in (8, 16, 32)
    ]).astype(float)

    def detect(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ratio = min(width / picture.shape[1], height / picture.shape[0])
        small = cv2.resize(picture, None, fx=ratio, fy=ratio)
        board = np.full((height, width, 3), 114, np.uint8)
        board[: small.shape[0], : small.shape[1]] = small
        raw = session.run(None, {name: board.transpose(2, 0, 1)[None].astype(np.float32)})[0][0].astype(float)
        own = raw.shape[1] == 12
        words = dict(enumerate(CLASSES[:7])) if own else COCO
        columns = [5 + index for index in words]
        score = raw[:, 4:5] * raw[:, columns]
        keep = np.nonzero(score.max(1) >= LEAST)[0]
        centre, size = (raw[keep, :2] + grid[keep, :2]) * grid[keep, 2:], np.exp(raw[keep, 2:4]) * grid[keep, 2:]
        box = np.concatenate([centre - size / 2, centre + size / 2], 1) / ratio
        names = list(words.values())
        cls = np.array([CLASSES.index(names[i]) for i in score[keep].argmax(1)], int)
        picks = _suppress(cls, score[keep].max(1), box)
        return cls[picks], score[keep].max(1)[picks], box[picks]

    return detect


def _suppress(cls: np.ndarray, score: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The best of boxes that overlap, within vehicles, cycles and persons apart."""
    out: list[int] = []
    for group in GROUPS:
        mine = np.nonzero(np.isin(cls, [CLASSES.index(word) for word in group]))[0]
        if len(mine):
            sides = np.column_stack([box[mine, :2], box[mine, 2:] - box[mine, :2]]).tolist()
            picks = cv2.dnn.NMSBoxes(sides, score[mine].tolist(), LEAST, OVERLAP)
            out += mine[np.asarray(picks, int).ravel()].tolist()
    return np.array(sorted(out), int)
