"""Step 3: how well a detector does on held-out pictures, by one protocol for every model.

Pictures come from the original files, shrunk by area average and laid at the top left of the input as
the box does it; suppression within vehicles, cycles and persons. Vehicles that people labelled are
what must be found; boxes that only teachers agree on count as unclear for vehicles, and as labels for
persons and cycles, which nobody labelled (so those figures say "as the teachers see it").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .boxes import keep, overlaps
from .classes import CLASSES, COCO, INDEX, VEHICLES
from .labels import Labels
from .metrics import SIZES, Found, Tally, Wanted, within
from .teachers import session

FILL = 114
LOWEST = 0.01
STRIDES = (8, 16, 32)


@dataclass(frozen=True)
class Detections:
    """What a model finds on a picture, in input pixels."""

    boxes: np.ndarray  # [n, 4]
    scores: np.ndarray  # [n]
    words: np.ndarray  # [n]


def letterbox(pixels: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """The input `[1, 3, height, width]`, BGR 0..255, and the scale of the picture in it."""
    rows, columns = pixels.shape[:2]
    scale = min(width / columns, height / rows)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas = np.full((height, width, 3), FILL, np.uint8)
    canvas[: size[1], : size[0]] = small
    return canvas.transpose(2, 0, 1)[None].astype(np.float32), scale


def decode_yolox(output: np.ndarray, width: int, height: int, words: dict[int, str], lowest: float) -> Detections:
    """Detections of a YOLOX-like answer `[cells, 5 + classes]` after suppression."""
    corners, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[: height // stride, : width // stride]
        corners.append(np.stack([xs.ravel(), ys.ravel()], 1))
        strides.append(np.full((xs.size, 1), stride))
    at = output[:, 4] >= lowest
    corner, stride, rows = np.concatenate(corners)[at], np.concatenate(strides)[at], output[at]
    columns = [5 + index for index in words]
    kinds = rows[:, columns] * rows[:, 4:5]
    best = kinds.argmax(1) if len(rows) else np.zeros(0, int)
    scores = kinds.max(1) if len(rows) else np.zeros(0)
    centre, half = (rows[:, :2] + corner) * stride, np.exp(rows[:, 2:4]) * stride / 2
    boxes, names = np.concatenate([centre - half, centre + half], 1), np.array(list(words.values()))[best]
    good = scores >= lowest
    return suppressed(boxes[good], scores[good], names[good])


def suppressed(boxes: np.ndarray, scores: np.ndarray, words: np.ndarray, iou: float = 0.45) -> Detections:
    """As the box suppresses: within vehicles, cycles, persons."""
    groups = np.where(np.isin(words, VEHICLES), "vehicle", np.where(words == "person", "person", "cycle"))
    at = keep(boxes, scores, groups, iou)
    return Detections(boxes[at], scores[at], words[at])


class Onnx:
    """A model of YOLOX's layout in ONNX Runtime."""

    def __init__(self, file: Path, words: dict[int, str], size: tuple[int, int] = (416, 416)) -> None:
        self.session: onnxruntime.InferenceSession = session(file)
        self.name = self.session.get_inputs()[0].name
        self.width, self.height = size
        self.words = words

    def raw(self, tensor: np.ndarray) -> np.ndarray:
        """The answer `[cells, numbers]`."""
        return self.session.run(None, {self.name: tensor})[0][0]

    def __call__(self, pixels: np.ndarray) -> tuple[Detections, float]:
        """Detections in input pixels, and the scale of the picture in the input."""
        tensor, scale = letterbox(pixels, self.width, self.height)
        return decode_yolox(self.raw(tensor), self.width, self.height, self.words, LOWEST), scale


def ours(file: Path, size: tuple[int, int] = (416, 416)) -> Onnx:
    """One of our exported models at an input size (width, height)."""
    return Onnx(file, dict(enumerate(CLASSES)), size)


def yolox(file: Path) -> Onnx:
    """A YOLOX trained on COCO."""
    return Onnx(file, COCO)


@dataclass
class Report:
    """Figures of one model on one part of the data."""

    classes: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in CLASSES})
    vehicle: Tally = field(default_factory=Tally)
    sizes: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in SIZES})
    pictures: int = 0

    def add(self, found: Detections, labels: Labels, sides: np.ndarray) -> None:
        """One picture; `sides` turns parts of the picture into input pixels."""
        self.pictures += 1
        boxes, ignored = labels.boxes * sides, labels.ignored * sides
        vehicle = labels.classes[:, [INDEX[name] for name in VEHICLES]].sum(1) > 0
        seen = np.isin(found.words, VEHICLES)
        clear = labels.by_people[vehicle]
        mine = Found(found.boxes[seen], found.scores[seen])
        self.vehicle.add(mine, Wanted(boxes[vehicle], clear, ignored))
        for size, tally in self.sizes.items():
            # Of other sizes, labels are unclear and unmatched detections do not count.
            fits = within(mine.boxes, size)
            near = within(boxes[vehicle], size)
            tally.add(*sized(mine, fits, Wanted(boxes[vehicle], clear & near, ignored)))
        for name, tally in self.classes.items():
            weight = labels.classes[:, INDEX[name]]
            alone = (weight > 0) & ((labels.classes > 0).sum(1) == 1)
            if name in VEHICLES or name == "motorcycle":
                alone &= labels.by_people | (name == "motorcycle")
            chosen = found.words == name
            wanted = Wanted(boxes[weight > 0], alone[weight > 0], ignored)
            tally.add(Found(found.boxes[chosen], found.scores[chosen]), wanted)

    def summary(self) -> dict:
        """All figures."""
        per_class = {name: tally.summary() for name, tally in self.classes.items() if tally.labels}
        aps = [each["ap50"] for each in per_class.values() if each["labels"] >= 20]
        all_overlaps = [each["ap50_95"] for each in per_class.values() if each["labels"] >= 20]
        return {
            "pictures": self.pictures,
            "map50": float(np.mean(aps)) if aps else float("nan"),
            "map50_95": float(np.mean(all_overlaps)) if all_overlaps else float("nan"),
            "vehicle": self.vehicle.summary(),
            "sizes": {name: tally.summary() for name, tally in self.sizes.items() if tally.labels},
            "classes": per_class,
        }


def sized(found: Found, fits: np.ndarray, wanted: Wanted) -> tuple[Found, Wanted]:
    """Leaves out detections of another size that match no label of this one."""
    if len(found.boxes) and wanted.clear.any():
        fits = fits | (overlaps(found.boxes, wanted.boxes[wanted.clear]) >= 0.5).any(1)
    return Found(found.boxes[fits], found.scores[fits]), wanted


def evaluate(model: Callable, pictures: Iterable[tuple[np.ndarray, Labels]]) -> dict:
    """The figures of a model on pictures with labels."""
    report = Report()
    for pixels, labels in pictures:
        found, scale = model(pixels)
        height, width = pixels.shape[:2]
        report.add(found, labels, np.array([width, height] * 2) * scale)
    return report.summary()


def milliseconds(models: dict[str, Onnx], rounds: int = 30) -> dict[str, float]:
    """Median processor time of one answer on one thread, the models taking turns."""
    noise = np.random.default_rng(1)
    tensors = {n: noise.integers(0, 256, (1, 3, m.height, m.width)).astype(np.float32) for n, m in models.items()}
    times: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(rounds + 3):
        for name, model in models.items():
            begun = time.thread_time()
            model.raw(tensors[name])
            if turn >= 3:
                times[name].append(1000 * (time.thread_time() - begun))
    return {name: float(np.median(each)) for name, each in times.items()}
