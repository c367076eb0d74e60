"""Step 2: training, from random weights or from where a run was cut off."""

from __future__ import annotations

import copy
import logging
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .data import Batch, Loader, Plan
from .loss import Targets, loss
from .model import Detector, Shape

LOG = logging.getLogger(__name__)
SAVE_EVERY = 180.0  # seconds

# Sizes (width, height) by the part of the run that is done: small first, the box's own last.
PHASES = (
    (0.3, ((224, 224), (256, 192), (192, 192))),
    (0.88, ((256, 256), (320, 256), (288, 192), (320, 192))),
    (1.01, ((416, 256), (416, 320), (352, 352))),
)


@dataclass(frozen=True)
class Course:
    """How long and how fast. A run ends after so many pictures, or after so many minutes of work."""

    pictures: int = 400_000
    minutes: float | None = None
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 300  # steps
    average: float = 0.998  # of the moving average of weights
    threads: int = 1


@dataclass
class State:
    """Everything a run that goes on needs."""

    net: Detector
    mean: Detector
    optimiser: torch.optim.Optimizer
    step: int = 0
    pictures: int = 0
    seconds: float = 0.0

    def done(self, course: Course) -> float:
        """The part of the run that is done, 0..1."""
        if course.minutes is not None:
            return self.seconds / (60 * course.minutes)
        return self.pictures / course.pictures


def begin(course: Course, shape: Shape, seed: int) -> State:
    """A fresh run."""
    torch.manual_seed(seed)
    net = Detector(shape).to(memory_format=torch.channels_last)
    with_decay = [each for each in net.parameters() if each.dim() > 1]
    without = [each for each in net.parameters() if each.dim() <= 1]
    groups = [{"params": with_decay, "weight_decay": course.decay}, {"params": without, "weight_decay": 0.0}]
    return State(net, copy.deepcopy(net).eval(), torch.optim.AdamW(groups, lr=course.rate))


def save(state: State, file: Path) -> None:
    """Writes a checkpoint whole or not at all."""
    document = {
        "shape": state.net.shape.as_dict(),
        "net": state.net.state_dict(),
        "mean": state.mean.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "step": state.step,
        "pictures": state.pictures,
        "seconds": state.seconds,
    }
    torch.save(document, file.with_suffix(".part"))
    os.replace(file.with_suffix(".part"), file)


def load(file: Path, course: Course, seed: int) -> State:
    """Goes on from a checkpoint; one that holds the averaged weights alone starts its optimiser anew."""
    document = torch.load(file, weights_only=True)
    state = begin(course, Shape(**document["shape"]), seed)
    mean = {name: value.float() if value.is_floating_point() else value for name, value in document["mean"].items()}
    state.mean.load_state_dict(mean)
    state.net.load_state_dict(document.get("net", mean))
    if "optimiser" in document:
        state.optimiser.load_state_dict(document["optimiser"])
    state.step, state.pictures, state.seconds = document["step"], document["pictures"], document["seconds"]
    return state


def save_small(state_file: Path, file: Path) -> None:
    """The averaged weights alone, in half precision: small enough to hand on."""
    document = torch.load(state_file, weights_only=True)
    kept = {name: document[name] for name in ("shape", "step", "pictures", "seconds")}
    kept["mean"] = {n: v.half() if v.is_floating_point() else v for n, v in document["mean"].items()}
    torch.save(kept, file)


def targets(batch: Batch) -> tuple[torch.Tensor, Targets]:
    """The network's input and what it is asked for."""
    pixels = torch.from_numpy(batch.pixels).permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
    return pixels, Targets(
        torch.from_numpy(batch.boxes).float(),
        torch.from_numpy(batch.classes).float(),
        torch.from_numpy(batch.pictures).long(),
        torch.from_numpy(batch.unknown),
    )


def rate(course: Course, state: State) -> float:
    """Learning rate: a short rise, then half a cosine."""
    done = min(state.done(course), 1.0)
    return course.rate * min(1.0, (state.step + 1) / course.warm_up) * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


def sizes(course: Course, state: State, seed: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Number and size of each coming step, until the run is done."""
    step = state.step
    while state.done(course) < 1:
        choice = next(sizes for until, sizes in PHASES if state.done(course) < until)
        yield step, choice[np.random.default_rng((seed, step, 7)).integers(len(choice))]
        step += 1


def step(state: State, course: Course, batch: Batch, size: tuple[int, int]) -> dict[str, float]:
    """One batch; answers the parts of the loss."""
    state.net.train()
    for group in state.optimiser.param_groups:
        group["lr"] = rate(course, state)
    pixels, wanted = targets(batch)
    parts = loss(state.net(pixels), wanted, (size[1], size[0]))
    state.optimiser.zero_grad(set_to_none=True)
    parts["all"].backward()
    torch.nn.utils.clip_grad_norm_(state.net.parameters(), 10.0)
    state.optimiser.step()
    state.step += 1
    state.pictures += len(batch.pixels)
    keep = course.average * (1 - math.exp(-state.step / 400))
    with torch.no_grad():
        for mean, now in zip(state.mean.state_dict().values(), state.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - keep)
            else:
                mean.copy_(now)
    return {name: float(value.detach()) for name, value in parts.items()}


def run(state: State, course: Course, plan: Plan, file: Path) -> State:
    """Trains to the end of the course, saving as it goes."""
    torch.set_num_threads(course.threads)
    loader, saved, sums, told = Loader(plan), time.monotonic(), {}, 0
    try:
        last = time.monotonic()
        for size, batch in loader.run(sizes(course, state, plan.seed)):
            for name, value in step(state, course, batch, size).items():
                sums[name] = sums.get(name, 0.0) + value
            told += 1
            now = time.monotonic()
            state.seconds, last = state.seconds + now - last, now
            if told == 50:
                line = ", ".join(f"{name} {value / told:.3f}" for name, value in sums.items())
                LOG.info("step %d, %.1f %% done, %d pictures, %.0f s: %s", state.step,
                         100 * state.done(course), state.pictures, state.seconds, line)
                sums, told = {}, 0
            if now - saved > SAVE_EVERY:
                save(state, file)
                saved = now
    finally:
        loader.close()
    save(state, file)
    return state
