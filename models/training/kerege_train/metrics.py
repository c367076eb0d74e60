"""Average precision and recall from detections and labels; pure arithmetic.

Detections of a picture are matched best first, each with the label it overlaps most. A detection
that matches an unclear label, or that lies mostly in an ignored region, counts neither way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .boxes import covered, overlaps

THRESHOLDS = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))
SIZES = {"small": (0.0, 16.0), "medium": (16.0, 48.0), "large": (48.0, 1e9)}  # height in input pixels


@dataclass
class Tally:
    """What has been found over many pictures, at each overlap of `THRESHOLDS`."""

    scores: list[np.ndarray] = field(default_factory=list)
    hits: list[np.ndarray] = field(default_factory=list)  # [n, thresholds]: 1 hit, 0 miss, -1 does not count
    labels: int = 0

    def add(self, found: Found, wanted: Wanted) -> None:
        """One picture's detections and labels of one class or group."""
        order = np.argsort(-found.scores, kind="stable")
        boxes = found.boxes[order]
        self.labels += int(wanted.clear.sum())
        self.scores.append(found.scores[order])
        self.hits.append(match(boxes, wanted))

    def joined(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores `[n]` and hits `[n, thresholds]`, best first."""
        if not self.scores:
            return np.zeros(0), np.zeros((0, len(THRESHOLDS)))
        scores, hits = np.concatenate(self.scores), np.concatenate(self.hits)
        order = np.argsort(-scores, kind="stable")
        return scores[order], hits[order]

    def curve(self, threshold: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Recall, precision and score along falling scores."""
        scores, hits = self.joined()
        counts = hits[:, threshold] >= 0
        hit = hits[counts, threshold]
        right = np.cumsum(hit)
        recall = right / max(self.labels, 1)
        return recall, right / np.maximum(np.arange(1, len(hit) + 1), 1), scores[counts]

    def average_precision(self, threshold: int = 0) -> float:
        """Area under the precision that is still reached at each of 101 recalls, as COCO counts it."""
        recall, precision, _ = self.curve(threshold)
        if not self.labels or not len(recall):
            return 0.0 if self.labels else float("nan")
        best = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
        return float(np.where(at < len(best), best[np.minimum(at, len(best) - 1)], 0.0).mean())

    def summary(self) -> dict[str, float]:
        """AP50, AP50-95, recall at 0.9 precision and the score there, number of labels."""
        recall, precision, scores = self.curve()
        good = np.where(precision >= 0.9)[0]
        last = good[-1] if len(good) else -1
        return {
            "ap50": self.average_precision(),
            "ap50_95": float(np.mean([self.average_precision(i) for i in range(len(THRESHOLDS))])),
            "recall_at_90": float(recall[last]) if last >= 0 else 0.0,
            "score_at_90": float(scores[last]) if last >= 0 else 1.0,
            "labels": self.labels,
        }


@dataclass(frozen=True)
class Found:
    """Detections of one picture."""

    boxes: np.ndarray  # [n, 4]
    scores: np.ndarray  # [n]


@dataclass(frozen=True)
class Wanted:
    """Labels of one picture; those that are not `clear` need not be found."""

    boxes: np.ndarray  # [m, 4]
    clear: np.ndarray  # [m]
    ignored: np.ndarray  # [k, 4]


def match(boxes: np.ndarray, wanted: Wanted) -> np.ndarray:
    """For each detection, best first, and each threshold: 1 hit, 0 miss, -1 does not count."""
    result = np.zeros((len(boxes), len(THRESHOLDS)), np.int8)
    if len(wanted.ignored) and len(boxes):
        in_ignored = (covered(boxes, wanted.ignored) > 0.5).any(1)
    else:
        in_ignored = np.zeros(len(boxes), bool)
    shared = overlaps(boxes, wanted.boxes)
    for column, threshold in enumerate(THRESHOLDS):
        taken = np.zeros(len(wanted.boxes), bool)
        for index in range(len(boxes)):
            # Clear labels first: an unclear one may be found any number of times.
            free = np.where(wanted.clear & ~taken, shared[index], 0.0)
            best = int(free.argmax()) if len(free) else -1
            if best >= 0 and free[best] >= threshold:
                taken[best] = True
                result[index, column] = 1
            elif in_ignored[index] or (len(free) and (shared[index][~wanted.clear] >= min(threshold, 0.5)).any()):
                result[index, column] = -1
    return result


def within(boxes: np.ndarray, size: str) -> np.ndarray:
    """Which boxes (input pixels) are of a size of `SIZES`."""
    low, high = SIZES[size]
    heights = boxes[:, 3] - boxes[:, 1]
    return (heights >= low) & (heights < high)
