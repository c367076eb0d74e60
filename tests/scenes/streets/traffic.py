"""Runs SUMO under TraCI and records who was where at every step.

The record is what everything else is made from: the pictures, the truth and the counts. SUMO knows
a vehicle by its front bumper; here a position is the centre of the ground rectangle.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sumo

from . import kinds, network
from .demand import WARM_UP, Demand, routes

sys.path.append(os.path.join(sumo.SUMO_HOME, "tools"))
import traci  # noqa: E402  (ships inside the SUMO package)

STEP = 0.1
"""Length of a simulation step, seconds."""

WALK_LIMIT = 1.9
"""Fastest walk of a person, m/s."""

BRAKE, LEFT_BLINK, RIGHT_BLINK, HAZARD = 1, 2, 4, 8
"""Bits of `Track.lamps`."""


@dataclass
class Track:
    """One road user; the arrays run over consecutive steps from `first` on."""

    id: int
    name: str
    kind: str
    first: int
    xy: np.ndarray
    """Centre on the ground, metres, shape (n, 2)."""
    heading: np.ndarray
    """Radians counter-clockwise from east, shape (n,)."""
    speed: np.ndarray
    """m/s, shape (n,)."""
    lamps: np.ndarray
    """Bits BRAKE, LEFT_BLINK, RIGHT_BLINK and HAZARD, shape (n,)."""
    travelled: np.ndarray
    """Metres since its first step: turns wheels and moves legs, shape (n,)."""

    @property
    def last(self) -> int:
        """The step after its last."""
        return self.first + len(self.xy)

    def at(self, step: int) -> int | None:
        """Index into the arrays for a step, or None when it is not there."""
        index = step - self.first
        return index if 0 <= index < len(self.xy) else None


@dataclass
class Passing:
    """SUMO's own word that a vehicle's front passed a detector."""

    t: float
    name: str
    detector: str


@dataclass
class Record:
    """What happened in a clip; step k is at k × STEP seconds."""

    seconds: float
    tracks: list[Track]
    letters: list[dict[str, str]]
    """What each signal group showed at every step."""
    passings: list[Passing]
    programme: network.Programme = field(default_factory=network.Programme)
    routes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Arm of origin and arm of destination of every vehicle."""

    @property
    def steps(self) -> int:
        """Number of steps of the clip."""
        return round(self.seconds / STEP)


class _Builder:
    """Gathers one road user's rows while SUMO runs."""

    def __init__(self, name: str, kind: kinds.Kind, first: int) -> None:
        self.name, self.kind, self.first = name, kind, first
        self.rows: list[tuple[float, float, float, float, int]] = []

    def finish(self, number: int) -> Track:
        """The finished track, headings smoothed over 0.5 s."""
        rows = np.array([r[:4] for r in self.rows], float)
        if self.kind is kinds.PERSON:
            rows = _walk(rows)
        heading = _smooth_heading(rows[:, 2], rows[:, 3])
        step = np.r_[0.0, np.hypot(*np.diff(rows[:, :2], axis=0).T)] if len(rows) > 1 else np.zeros(1)
        return Track(
            id=number, name=self.name, kind=self.kind.name, first=self.first, xy=rows[:, :2],
            heading=heading, speed=rows[:, 3],
            lamps=np.array([r[4] for r in self.rows], np.uint8), travelled=np.cumsum(step),
        )


def _walk(rows: np.ndarray) -> np.ndarray:
    """A person's rows without SUMO's sideways leaps between stripes and across corners.

    The person chases SUMO's smoothed position at no more than WALK_LIMIT; speed and heading follow
    from the path really walked.
    """
    pad = np.pad(rows[:, :2], ((4, 4), (0, 0)), mode="edge")
    goal = np.stack([np.convolve(pad[:, i], np.ones(9) / 9.0, mode="valid") for i in (0, 1)], 1)
    out = rows.copy()
    at, limit = goal[0].copy(), WALK_LIMIT * STEP
    for i, target in enumerate(goal):
        gap = target - at
        far = float(np.hypot(*gap))
        move = gap if far <= limit else gap * (limit / far)
        at = at + move
        out[i, :2] = at
        out[i, 3] = float(np.hypot(*move)) / STEP
        if i and out[i, 3] > 0.3:
            out[i, 2] = math.atan2(move[1], move[0])
        elif i:
            out[i, 2] = out[i - 1, 2]
    out[0, 3] = out[min(1, len(out) - 1), 3]
    return out


def _smooth_heading(heading: np.ndarray, speed: np.ndarray) -> np.ndarray:
    unrolled = np.unwrap(heading)
    held = unrolled.copy()
    for i in range(1, len(held)):  # who stands does not turn
        if speed[i] < 0.15:
            held[i] = held[i - 1]
    if len(held) < 5:
        return held
    padded = np.pad(held, 2, mode="edge")
    return np.convolve(padded, np.ones(5) / 5.0, mode="valid")


def detectors(lines: dict[str, float]) -> str:
    """Additional file with one detector per lane at each arm's line.

    `lines` gives, per arm, the line's distance from the centre; it must lie on the arm's edges, so
    SUMO counts where an arm ends: the line itself may be a few metres further in.
    """
    rows = []
    for arm in lines:
        for lane in range(1, network.LANES[arm] + 1):
            for side, pos in (("i", -0.1), ("o", 0.1)):
                rows.append(
                    f'<instantInductionLoop id="{arm}{side}_{lane}" lane="{arm}{side}_{lane}" '
                    f'pos="{pos}" file="loops.xml"/>'
                )
    return "<additional>" + "".join(rows) + "</additional>"


def _passings(path: Path) -> list[Passing]:
    out = []
    for row in re.finditer(r"<instantOut [^>]*>", path.read_text()):
        value = dict(re.findall(r'(\w+)="([^"]*)"', row.group(0)))
        if value["state"] == "enter":
            out.append(Passing(float(value["time"]) - WARM_UP, value["vehID"], value["id"]))
    return out


def _lamps(name: str, accel: float, speed: float) -> int:
    signals = traci.vehicle.getSignals(name)
    bits = BRAKE if accel < -0.6 or speed < 0.1 else 0
    bits |= RIGHT_BLINK if signals & 1 else 0
    bits |= LEFT_BLINK if signals & 2 else 0
    return bits


def _observe(step: int, builders: dict[str, _Builder], hazards: set[str]) -> None:
    for name in traci.vehicle.getIDList():
        kind = kinds.BY_NAME[traci.vehicle.getTypeID(name)]
        x, y = traci.vehicle.getPosition(name)
        heading = math.radians(90.0 - traci.vehicle.getAngle(name))
        speed = traci.vehicle.getSpeed(name)
        lamps = _lamps(name, traci.vehicle.getAcceleration(name), speed)
        if name in hazards:
            lamps = (lamps & BRAKE) | HAZARD
        x -= math.cos(heading) * kind.length / 2.0
        y -= math.sin(heading) * kind.length / 2.0
        builder = builders.setdefault(name, _Builder(name, kind, step))
        builder.rows.append((x, y, heading, speed, lamps))
    for name in traci.person.getIDList():
        x, y = traci.person.getPosition(name)
        heading = math.radians(90.0 - traci.person.getAngle(name))
        builder = builders.setdefault(name, _Builder(name, kinds.PERSON, step))
        builder.rows.append((x, y, heading, traci.person.getSpeed(name), 0))


def run(seed: int, demand: Demand, programme: network.Programme, seconds: float,
        director=None) -> Record:
    """Simulates a clip.

    `director`, if given, is called as `director(t)` before every step with the clip's time (from
    −WARM_UP on) and may steer vehicles through TraCI; it returns the names of the vehicles that
    show hazard lamps. The same arguments give the same record.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        net = network.build(folder)
        (folder / "routes.xml").write_text(routes(seed, demand, seconds))
        (folder / "loops.add.xml").write_text(detectors({arm: 0.0 for arm in network.ARMS}))
        traci.start([
            network.binary("sumo"), "-n", str(net), "-r", str(folder / "routes.xml"),
            "-a", str(folder / "loops.add.xml"), "--step-length", str(STEP), "--seed", str(seed),
            "--lateral-resolution", "0.6", "--no-step-log", "--no-warnings",
            "--time-to-teleport", "-1", "--collision.action", "warn",
        ], stdout=subprocess.DEVNULL)
        try:
            record = _loop(programme, seconds, director)
        finally:
            traci.close()
        record.passings = _passings(folder / "loops.xml")
    return record


def _loop(programme: network.Programme, seconds: float, director) -> Record:
    builders: dict[str, _Builder] = {}
    letters: list[dict[str, str]] = []
    origins: dict[str, tuple[str, str]] = {}
    links = traci.trafficlight.getControlledLinks("C")
    warm, steps = round(WARM_UP / STEP), round(seconds / STEP)
    for k in range(-warm, steps):
        shown = network.stage_letters(programme, k * STEP)
        traci.trafficlight.setRedYellowGreenState("C", network.link_states(links, shown))
        hazards = director(k * STEP) if director else set()
        traci.simulationStep()
        for vehicle in traci.simulation.getDepartedIDList():
            route = traci.vehicle.getRoute(vehicle)
            origins[vehicle] = (route[0][0], route[-1][0])
        if k >= 0:
            letters.append(shown)
            _observe(k, builders, hazards or set())
    tracks = [b.finish(i + 1) for i, b in enumerate(builders.values())]
    return Record(seconds, tracks, letters, [], programme, origins)
