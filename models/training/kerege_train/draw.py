"""Pictures of where a model fails: the worst of each held-out part, with what it found and missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from .boxes import covered, overlaps
from .classes import CLASSES
from .evaluate import Detections
from .labels import Labels

SHOWN = 0.3  # score
FOUND, MISSED, FALSE, IGNORED = (80, 200, 60), (0, 140, 255), (40, 40, 230), (150, 150, 150)  # BGR
WIDTH = 640  # pixels


def faults(found: Detections, labels: Labels, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which labels are missed and which detections are false, whatever the class; both as masks."""
    boxes, ignored = labels.boxes * sides, labels.ignored * sides
    shared = overlaps(found.boxes, boxes)
    missed = ~(shared >= 0.5).any(0) if len(found.boxes) else np.ones(len(boxes), bool)
    false = ~(shared >= 0.5).any(1) if len(boxes) else np.ones(len(found.boxes), bool)
    if len(ignored) and len(found.boxes):
        false &= ~(covered(found.boxes, ignored) > 0.5).any(1)
    return missed, false


def worst(model: Callable, labelled: Sequence[tuple[np.ndarray, Labels]], count: int) -> list[np.ndarray]:
    """The pictures with the most faults, drawn."""
    drawn = []
    for pixels, labels in labelled:
        found, scale = model(pixels)
        at = found.scores >= SHOWN
        found = Detections(found.boxes[at], found.scores[at], found.words[at])
        sides = np.array([pixels.shape[1], pixels.shape[0]] * 2) * scale
        missed, false = faults(found, labels, sides)
        drawn.append((int(missed.sum() + false.sum()), pixels, found, labels, scale, missed, false))
    drawn.sort(key=lambda each: -each[0])
    return [draw(*each[1:]) for each in drawn[:count]]


def draw(pixels, found: Detections, labels: Labels, scale: float, missed, false) -> np.ndarray:
    """A picture with its found (green), missed (orange), false (red) and ignored (grey) road users."""
    factor = WIDTH / pixels.shape[1]
    canvas = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    sides = np.array([canvas.shape[1], canvas.shape[0]] * 2)
    for box in labels.ignored * sides:
        frame(canvas, box, IGNORED)
    for box, kind in zip((labels.boxes * sides)[missed], labels.classes[missed], strict=True):
        frame(canvas, box, MISSED, CLASSES[int(kind.argmax())])
    for box, score, word, wrong in zip(found.boxes / scale * factor, found.scores, found.words, false, strict=True):
        frame(canvas, box, FALSE if wrong else FOUND, f"{word} {score:.2f}")
    return canvas


def frame(canvas: np.ndarray, box: np.ndarray, colour: tuple[int, int, int], text: str = "") -> None:
    """A thin box with a word over it."""
    x1, y1, x2, y2 = (int(edge) for edge in box)
    cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, 1)
    if text:
        cv2.putText(canvas, text, (x1, max(8, y1 - 2)), cv2.FONT_HERSHEY_SIMPLEX, 0.33, colour, 1, cv2.LINE_AA)


def write(model: Callable, labelled: Sequence[tuple[np.ndarray, Labels]], folder: Path, title: str, count: int = 4) -> None:
    """Writes the worst pictures of a part as JPEG."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(worst(model, labelled, count), 1):
        name = "-".join(title.replace("(", "").replace(")", "").split())
        cv2.imwrite(str(folder / f"{name}-{number}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 72])
