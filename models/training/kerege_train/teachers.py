"""The teachers: reference detectors whose agreement completes labels. No weight of theirs enters ours.

Each takes a BGR picture and answers rows of `[x1, y1, x2, y2, score, word]`: edges in parts of the
picture, a COCO word or, of the Intel detectors, `vehicle`, `person` or `cycle`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .boxes import suppress
from .classes import COCO

LOWEST = 0.15  # what a teacher says under this is not kept


def session(file: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """A model on the CPU with so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def stretch(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """The whole picture in another shape, as `[1, 3, height, width]` floats 0..255."""
    area = pixels.shape[1] > width
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if area else cv2.INTER_LINEAR)
    return small.transpose(2, 0, 1)[None].astype(np.float32)


class NanoDet:
    """NanoDet-Plus-m 416: scores and distributions over distances to the four edges."""

    MEAN = np.array([103.53, 116.28, 123.675], np.float32).reshape(1, 3, 1, 1)
    STD = np.array([57.375, 57.12, 58.395], np.float32).reshape(1, 3, 1, 1)

    def __init__(self, models: Path) -> None:
        self.session = session(models / "nanodet_plus_m_416.onnx")
        cells = []
        for stride in (8, 16, 32, 64):
            side = -(-416 // stride)
            ys, xs = np.mgrid[:side, :side]
            cells.append(np.stack([xs.ravel() * stride, ys.ravel() * stride, np.full(side * side, stride)], 1))
        self.cells = np.concatenate(cells).astype(np.float32)

    def __call__(self, pixels: np.ndarray) -> list[list]:
        tensor = (stretch(pixels, 416, 416) - self.MEAN) / self.STD
        output = self.session.run(None, {"data": tensor})[0][0]
        scores = output[:, list(COCO)]
        at = scores.max(1) > LOWEST
        output, cells, scores = output[at], self.cells[at], scores[at]
        bins = np.exp(output[:, 80:].reshape(-1, 4, 8))
        reach = (bins / bins.sum(2, keepdims=True)) @ np.arange(8, dtype=np.float32) * cells[:, 2:]
        boxes = np.concatenate([cells[:, :2] - reach[:, :2], cells[:, :2] + reach[:, 2:]], 1) / 416
        return suppress(boxes, scores.max(1), np.array(list(COCO.values()))[scores.argmax(1)], 0.6)


class Deim:
    """DEIMv2 femto: end to end."""

    def __init__(self, models: Path) -> None:
        self.session = session(models / "deimv2_hgnetv2_femto_coco.onnx")

    def __call__(self, pixels: np.ndarray) -> list[list]:
        tensor = np.ascontiguousarray(stretch(pixels, 416, 416)[:, ::-1]) / 255
        size = np.array([[416, 416]], np.int64)
        labels, boxes, scores = self.session.run(None, {"images": tensor, "orig_target_sizes": size})
        at = (scores[0] > LOWEST) & np.isin(labels[0], list(COCO))
        words = np.array([COCO[label] for label in labels[0][at]])
        return suppress(boxes[0][at] / 416, scores[0][at], words, 0.7)


class Pvb:
    """Intel's person, vehicle, bike detectors at 640 × 352."""

    def __init__(self, models: Path, number: int) -> None:
        self.session = session(models / f"pvb_{number}_352x640.onnx")

    def __call__(self, pixels: np.ndarray) -> list[list]:
        boxes, scores = self.session.run(None, {"image": stretch(pixels, 640, 352)})
        boxes, scores = boxes[0], scores[0]
        at = scores.max(1) > LOWEST
        words = np.array(["vehicle", "person", "cycle"])[scores[at].argmax(1)]
        return suppress(boxes[at], scores[at].max(1), words, 0.6)


class Kind:
    """Intel's vehicle attributes: car, bus, truck or van, of crops that are large enough."""

    WORDS = ("car", "bus", "truck", "van")
    SMALLEST = 40  # pixels

    def __init__(self, models: Path) -> None:
        self.session = session(models / "vehicle-attributes-recognition-barrier-0039.onnx")

    def __call__(self, pixels: np.ndarray, box: list[float]) -> list[float] | None:
        """Probabilities in the order of `WORDS`; none for a crop that is too small."""
        height, width = pixels.shape[:2]
        x1, y1, x2, y2 = (int(edge * side) for edge, side in zip(box, (width, height, width, height), strict=True))
        crop = pixels[max(y1, 0) : y2, max(x1, 0) : x2]
        if min(crop.shape[:2]) < self.SMALLEST:
            return None
        answer = self.session.run(["out_type"], {"input": stretch(crop, 72, 72)})[0].ravel()
        return [round(float(value), 3) for value in answer]


def tiled(teacher, pixels: np.ndarray) -> list[list]:
    """A teacher's answer on the whole picture and on four tiles of six tenths of it, as one."""
    rows = [row for row in teacher(pixels)]
    height, width = pixels.shape[:2]
    part, edge = 0.6, 0.01
    for left, top in ((0.0, 0.0), (0.4, 0.0), (0.0, 0.4), (0.4, 0.4)):
        x, y = int(left * width), int(top * height)
        tile = pixels[y : y + int(part * height), x : x + int(part * width)]
        for x1, y1, x2, y2, score, word in teacher(tile):
            # What an inner edge of the tile cuts is not seen whole.
            cut = (left > 0 and x1 < edge) or (top > 0 and y1 < edge)
            if cut or (left == 0 and x2 > 1 - edge) or (top == 0 and y2 > 1 - edge):
                continue
            rows.append([left + x1 * part, top + y1 * part, left + x2 * part, top + y2 * part, score, word])
    if not rows:
        return []
    boxes = np.array([row[:4] for row in rows])
    return suppress(boxes, np.array([row[4] for row in rows]), np.array([row[5] for row in rows]), 0.5)
