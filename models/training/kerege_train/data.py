"""Training pictures and batches out of the prepared data.

A batch is a function of seed, number of the step, size and what is prepared: a run that goes on after
a cut draws what it would have drawn. Batches are made in a process of their own, ahead of their use.
"""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import augment
from .augment import Sample, Scales
from .cache import Shard
from .classes import weights
from .labels import complete

STRIDES = (8, 16, 32)

COMMON = 0.3
"""Share of a source's pictures that a class must show to be drawn no oftener than others."""


@dataclass(frozen=True)
class Share:
    """How often a source is drawn, relative to others, and at which scales."""

    weight: float
    scales: Scales = Scales()


@dataclass(frozen=True)
class Plan:
    """Everything that batches are made of."""

    cache: Path
    shares: dict[str, Share]
    splits: dict[str, str]  # part of the data by key
    trusted: frozenset[str]  # sources whose vehicle labels are complete
    batch: int = 16
    seed: int = 1


@dataclass(frozen=True)
class Batch:
    """Arrays for one step."""

    pixels: np.ndarray  # [n, h, w, 3] bytes
    boxes: np.ndarray  # [g, 4]
    classes: np.ndarray  # [g, 7]
    pictures: np.ndarray  # [g]
    unknown: np.ndarray  # [n, cells]


class Pool:
    """The prepared pictures of one part of the data."""

    def __init__(self, plan: Plan, part: str = "train", before: Pool | None = None) -> None:
        self.plan = plan
        self.shards = {name: Shard(plan.cache, name) for name in plan.shares}
        self.lines = {
            name: [line for line in shard.lines if plan.splits.get(line["key"], "train") == part]
            for name, shard in self.shards.items()
        }
        self.names = [name for name, lines in self.lines.items() if lines]
        shares = np.array([plan.shares[name].weight for name in self.names])
        self.chances = shares / shares.sum()
        # Labels that an earlier pool has worked out.
        self._known: dict[str, tuple] = before._known if before else {}
        self.repeats = {name: repeats([self.known(name, line)[1] for line in self.lines[name]]) for name in self.names}

    def draw(self, rng: np.random.Generator) -> tuple[Sample, Scales]:
        """A picture of a source drawn by its share."""
        name = self.names[rng.choice(len(self.names), p=self.chances)]
        line = self.lines[name][rng.choice(len(self.lines[name]), p=self.repeats[name])]
        return self.sample(name, line), self.plan.shares[name].scales

    def sample(self, name: str, line: dict) -> Sample:
        """A picture with its labels in pixels of the cached picture."""
        boxes, classes, ignored = self.known(name, line)
        sides = np.array([line["width"], line["height"]] * 2, np.float32)
        return Sample(self.shards[name].pixels(line), boxes * sides, classes, ignored * sides)

    def known(self, name: str, line: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A line's labels, worked out once."""
        if line["key"] not in self._known:
            self._known[line["key"]] = known(line, name in self.plan.trusted)
        return self._known[line["key"]]

    def batch(self, step: int, size: tuple[int, int]) -> Batch:
        """The batch of a step at (width, height)."""
        rng = np.random.default_rng((self.plan.seed, step))
        samples = [self.picture(size, rng) for _ in range(self.plan.batch)]
        return Batch(
            np.stack([sample.pixels for sample in samples]),
            np.concatenate([sample.boxes for sample in samples]),
            np.concatenate([sample.classes for sample in samples]),
            np.concatenate([np.full(len(sample.boxes), index) for index, sample in enumerate(samples)]),
            np.stack([unknown(sample.ignored, size) for sample in samples]),
        )

    def picture(self, size: tuple[int, int], rng: np.random.Generator) -> Sample:
        """One composed and weathered picture."""
        count = int(rng.choice((1, 2, 4), p=(0.4, 0.25, 0.35)))
        made = augment.compose([self.draw(rng) for _ in range(count)], size, rng)
        return Sample(augment.weather(made.pixels, rng), made.boxes, made.classes, made.ignored)


def repeats(pictures: list[np.ndarray]) -> np.ndarray:
    """How likely each picture of a source is drawn, from its label's class weights `[g, 7]`; sums to 1.

    A picture counts as often as its rarest class asks: the root of COMMON over the share of pictures
    that show the class, at least once (repeat factors of Gupta and others, LVIS, 2019).
    """
    shown = np.array([(classes == 1).any(0) if len(classes) else np.zeros(7, bool) for classes in pictures])
    share = shown.mean(0)
    wanted = np.sqrt(COMMON / np.maximum(share, 1 / max(len(pictures), 1))).clip(1)
    chances = np.where(shown, wanted, 1.0).max(1)
    return chances / chances.sum()


def known(line: dict, trusted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes, class weights and ignored regions of a cached line: exact truth, or people and teachers."""
    if "truth" in line:
        boxes = np.array([box for _, box in line["truth"]], np.float32).reshape(-1, 4)
        classes = np.array([weights(meaning) for meaning, _ in line["truth"]], np.float32).reshape(-1, 7)
        return boxes, classes, np.array(line["ignored"], np.float32).reshape(-1, 4)
    labels = complete(line, trusted)
    return labels.boxes, labels.classes, labels.ignored


def unknown(ignored: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Which cells have their middle in an ignored region: `[cells]`."""
    masks = []
    for stride in STRIDES:
        mask = np.zeros((size[1] // stride, size[0] // stride), bool)
        for x1, y1, x2, y2 in np.round(ignored / stride).astype(int):
            mask[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] = True
        masks.append(mask.ravel())
    return np.concatenate(masks)


def _work(plan: Plan, requests, answers, refresh: int) -> None:
    cv2.setNumThreads(1)
    pool, made = Pool(plan), 0
    while (request := _patiently(requests.get, True)) is not None:
        if made and made % refresh == 0:  # what was prepared meanwhile joins in
            pool = Pool(plan, before=pool)
        _patiently(answers.put, pool.batch(*request), True)
        made += 1


def _patiently(call, *given):
    """A queue's answer, however long it takes; none when the process that trains is gone."""
    while multiprocessing.parent_process().is_alive():
        try:
            return call(*given, timeout=10)
        except (queue.Empty, queue.Full):
            continue
    return None


class Loader:
    """Makes batches ahead in another process."""

    AHEAD = 4

    def __init__(self, plan: Plan, refresh: int = 600) -> None:
        context = multiprocessing.get_context("spawn")
        self.requests, self.answers = context.Queue(), context.Queue(self.AHEAD)
        self.process = context.Process(target=_work, args=(plan, self.requests, self.answers, refresh), daemon=True)
        self.process.start()

    def run(self, requests: Iterator[tuple[int, tuple[int, int]]]) -> Iterator[tuple[tuple[int, int], Batch]]:
        """Answers (size, batch) of each (step, size) in order, asking ahead."""
        waiting: list[tuple[int, int]] = []
        for step, size in requests:
            self.requests.put((step, size))
            waiting.append(size)
            if len(waiting) > self.AHEAD:
                yield waiting.pop(0), self._next()
        while waiting:
            yield waiting.pop(0), self._next()

    def _next(self) -> Batch:
        while True:
            try:
                return self.answers.get(timeout=5)
            except queue.Empty:
                if not self.process.is_alive():
                    raise RuntimeError("the process that makes batches ended; its error is above") from None

    def close(self) -> None:
        """Ends the process."""
        self.requests.put(None)
        self.process.terminate()
