"""Hours of simulated traffic: the intersection of tests/scenes, driven by SUMO inside this process.

`streets.traffic` speaks to SUMO over a socket (TraCI); for hours of traffic the same calls go to `libsumo`,
which is the same simulator as a library and about ten times as fast.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import libsumo
import numpy as np
from streets import script, traffic
from streets.camera import Camera
from streets.catalogue import ROADSIDE
from streets.demand import Demand
from streets.network import Programme
from streets.traffic import STEP, Record

traffic.traci = libsumo
script.traci = libsumo

JUNCTION = {
    "south": ROADSIDE.scaled(2),
    "west": Camera((-62.0, -17.0, 12.0), (-6.0, 0.5, 0.0), 50.0, 1280, 720),
    "north": Camera((-12.0, 58.0, 9.0), (1.0, 6.0, 0.0), 56.0, 1280, 720),
    "east-low": Camera((52.0, 15.5, 6.5), (0.0, 0.0, 1.0), 58.0, 1280, 720),
}
"""Where the intersection is seen from; the last hangs low, so that vehicles hide each other."""

CAMERAS = JUNCTION | {"south-road": Camera((11.0, -70.0, 9.0), (1.0, -38.0, 0.0), 45.0, 1280, 720)}
"""And one that looks along the road to it, as a camera that measures speed must: at the junction nobody who drives too fast
is in the picture for long enough."""


@dataclass(frozen=True)
class Drive:
    """What is simulated: a seed, how long, and how much traffic (1 is the demand that tests/scenes renders)."""

    seed: int
    seconds: float
    load: float = 1.0
    scripts: tuple[script.Scripted, ...] = ()

    @property
    def demand(self) -> Demand:
        """Arrivals; persons in proportion to time."""
        flow = {"N": 0.11, "S": 0.10, "E": 0.18, "W": 0.18}
        return Demand({arm: rate * self.load for arm, rate in flow.items()}, persons=round(self.seconds * 0.3 * self.load))


def record(drive: Drive, cache: Path | None = None) -> tuple[Record, list[script.Happening]]:
    """The traffic of a drive and what its script really brought about, kept in `cache` if given."""
    if cache is not None and cache.exists():
        return pickle.loads(cache.read_bytes())
    programme = Programme()
    director = script.Director(drive.scripts, programme) if drive.scripts else None
    found = traffic.run(drive.seed, drive.demand, programme, drive.seconds, director)
    happenings = script.happen(found, drive.scripts, director) if director else []
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(".part")
        part.write_bytes(pickle.dumps((found, happenings)))
        part.rename(cache)
    return found, happenings


def times(seconds: float, fps: float, rng: np.random.Generator, jitter: float = 0.15, dropped: float = 0.02) -> np.ndarray:
    """Capture times of analysed frames: `jitter` (share of the spacing, one standard deviation) and dropped frames.

    They stay at least a fifth of the spacing apart.
    """
    t = np.arange(0.0, seconds - STEP, 1.0 / fps)
    t = t + np.clip(rng.normal(0.0, jitter, len(t)), -0.4, 0.4) / fps
    return np.maximum(t[rng.random(len(t)) >= dropped], 0.0)
