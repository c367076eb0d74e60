"""One hour of simulated traffic, fast: SUMO as a library, and of everybody only where it is and how fast.

The step is twice that of tests/scenes (nothing is rendered from it); the record has the usual step, interpolated.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import libsumo
import numba
import numpy as np
from streets import kinds, network, traffic
from streets.demand import WARM_UP, Demand, routes
from streets.traffic import STEP, WALK_LIMIT, Record, Track

SIM_STEP = 0.2


class _Rows:
    """One road user's rows while SUMO runs."""

    def __init__(self, kind: kinds.Kind, first: int) -> None:
        self.kind, self.first = kind, first
        self.rows: list[tuple[float, float, float, float]] = []


def run(seed: int, demand: Demand, programme: network.Programme, seconds: float, director) -> Record:
    """Simulates `seconds` after the warm-up; `director(t)` is called before every step and may steer vehicles. The same
    arguments give the same record."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        net = network.build(folder)
        (folder / "routes.xml").write_text(routes(seed, demand, seconds))
        (folder / "loops.add.xml").write_text(traffic.detectors({arm: 0.0 for arm in network.ARMS}))
        libsumo.start([
            network.binary("sumo"), "-n", str(net), "-r", str(folder / "routes.xml"), "-a", str(folder / "loops.add.xml"),
            "--step-length", str(SIM_STEP), "--seed", str(seed), "--lateral-resolution", "0.6", "--no-step-log", "--no-warnings",
            "--time-to-teleport", "300", "--ignore-junction-blocker", "15", "--collision.action", "warn",
        ], stdout=subprocess.DEVNULL)
        try:
            record = _loop(programme, seconds, director)
        finally:
            libsumo.close()
        record.passings = traffic._passings(folder / "loops.xml")
    return record


def _loop(programme: network.Programme, seconds: float, director) -> Record:
    present: dict[str, _Rows] = {}
    origins: dict[str, tuple[str, str]] = {}
    links = libsumo.trafficlight.getControlledLinks("C")
    shown = None
    for k in range(-round(WARM_UP / SIM_STEP), round(seconds / SIM_STEP)):
        t = k * SIM_STEP
        letters = network.stage_letters(programme, t)
        if letters != shown:
            shown = letters
            libsumo.trafficlight.setRedYellowGreenState("C", network.link_states(links, letters))
        director(t)
        libsumo.simulationStep()
        for name in libsumo.simulation.getDepartedIDList():
            route = libsumo.vehicle.getRoute(name)
            origins[name] = (route[0][0], route[-1][0])
        if k >= 0:
            _observe(k, present)
    steps = round(seconds / STEP)
    tracks = [_track(number + 1, name, rows) for number, (name, rows) in enumerate(present.items())]
    return Record(seconds, tracks, [network.stage_letters(programme, k * STEP) for k in range(steps)], [], programme, origins)


def _observe(step: int, present: dict[str, _Rows]) -> None:
    vehicle, person = libsumo.vehicle, libsumo.person
    for name in vehicle.getIDList():
        rows = present.get(name)
        if rows is None:
            rows = present[name] = _Rows(kinds.BY_NAME[vehicle.getTypeID(name)], step)
        rows.rows.append((*vehicle.getPosition(name), vehicle.getAngle(name), vehicle.getSpeed(name)))
    for name in person.getIDList():
        rows = present.get(name)
        if rows is None:
            rows = present[name] = _Rows(kinds.PERSON, step)
        rows.rows.append((*person.getPosition(name), 0.0, 0.0))


def _track(number: int, name: str, rows: _Rows) -> Track:
    table = np.array(rows.rows, float)
    coarse = np.arange(len(table)) * (SIM_STEP / STEP)
    fine = np.arange(coarse[-1] + 1) if len(table) > 1 else coarse
    x, y, angle, speed = (np.interp(fine, coarse, c) for c in (table[:, 0], table[:, 1], np.unwrap(np.radians(90.0 - table[:, 2])), table[:, 3]))
    if rows.kind is kinds.PERSON:
        x, y, angle, speed = _walk(x, y)
    else:
        angle = traffic._smooth_heading(angle, speed)
        # SUMO knows a vehicle by its front bumper.
        x, y = x - np.cos(angle) * rows.kind.length / 2.0, y - np.sin(angle) * rows.kind.length / 2.0
    way = np.r_[0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y)))]
    first = round(rows.first * SIM_STEP / STEP)
    return Track(number, name, rows.kind.name, first, np.column_stack([x, y]), angle, speed, np.zeros(len(x), np.uint8), way)


@numba.njit(cache=True)
def _chase(gx, gy, limit, step):  # pragma: no cover (compiled)
    n = len(gx)
    x, y, heading, speed = np.empty(n), np.empty(n), np.zeros(n), np.zeros(n)
    x[0], y[0] = gx[0], gy[0]
    for i in range(1, n):
        dx, dy = gx[i] - x[i - 1], gy[i] - y[i - 1]
        far = np.sqrt(dx * dx + dy * dy)
        share = 1.0 if far <= limit else limit / far
        x[i], y[i] = x[i - 1] + dx * share, y[i - 1] + dy * share
        speed[i] = far * share / step
        heading[i] = np.arctan2(dy, dx) if speed[i] > 0.3 else heading[i - 1]
    if n > 1:
        speed[0], heading[0] = speed[1], heading[1]
    return x, y, heading, speed


def _walk(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """A person without SUMO's sideways leaps between stripes, as `streets.traffic` has it."""
    smooth = lambda v: np.convolve(np.pad(v, 4, mode="edge"), np.ones(9) / 9.0, mode="valid")  # noqa: E731
    return _chase(smooth(x), smooth(y), WALK_LIMIT * STEP, STEP)
