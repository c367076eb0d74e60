"""Arithmetic on boxes `[x1, y1, x2, y2]`, in NumPy."""

from __future__ import annotations

import numpy as np


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of each of `[n, 4]` with each of `[m, 4]`: `[n, m]`, 0..1."""
    shared = intersections(first, second)
    whole = areas(first)[:, None] + areas(second)[None] - shared
    return shared / np.maximum(whole, 1e-9)


def covered(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The part of each of `[n, 4]` that lies in each of `[m, 4]`: `[n, m]`, 0..1."""
    return intersections(first, second) / np.maximum(areas(first)[:, None], 1e-9)


def intersections(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Shared area of each pair: `[n, m]`."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(high - low, 0)
    return sides[..., 0] * sides[..., 1]


def areas(boxes: np.ndarray) -> np.ndarray:
    """Area of each of `[n, 4]`."""
    return np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)


def keep(boxes: np.ndarray, scores: np.ndarray, groups: np.ndarray, iou: float) -> list[int]:
    """Indices that survive suppression within each group, best first."""
    kept: list[int] = []
    order = np.argsort(-scores, kind="stable")
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        same = groups[order] == groups[best]
        order = order[~(same & (overlaps(boxes[best : best + 1], boxes[order])[0] > iou))]
    return kept


def suppress(boxes: np.ndarray, scores: np.ndarray, words: np.ndarray, iou: float) -> list[list]:
    """Rows `[x1, y1, x2, y2, score, word]` that survive suppression among vehicles, cycles and persons."""
    if not len(boxes):
        return []
    vehicles = np.isin(words, ("car", "bus", "truck", "van", "vehicle"))
    groups = np.where(vehicles, "vehicle", words)
    at = keep(boxes, scores, groups, iou)
    return [[*(round(float(edge), 5) for edge in boxes[i]), round(float(scores[i]), 4), str(words[i])] for i in at]
