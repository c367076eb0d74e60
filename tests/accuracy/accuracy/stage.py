"""What goes wrong in a simulated hour, drawn from its seed, and how SUMO's drivers are made to do it.

Steered drivers are SUMO's own, so that the others react to them; ghosts (against the flow, on foot) are laid over the
finished record (`ghosts.py`). What really is an incident is read from the state afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import libsumo
import numpy as np
from streets import kinds, network, script
from streets.traffic import STEP

from . import drawn
from .state import stop_of


@dataclass(frozen=True)
class Crash:
    """Two cars in neighbouring exit lanes stop at the same place at once, and touch."""

    at: float
    seconds: float
    arm: str
    lane: int
    reach: float


@dataclass(frozen=True)
class OverLine:
    """The first driver at the red that begins after `at` comes to stand `beyond` metres behind his stop line."""

    at: float
    group: str
    beyond: float


@dataclass(frozen=True)
class Speeder:
    """A car drives straight on from `arm` in one of its lanes at `factor` times the limit, at green and where it is free."""

    at: float
    arm: str
    lane: int
    factor: float

    def course(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places, headings and metres driven every step."""
        ax, ay = network.ARMS[self.arm]
        beside = -(network.LANES[self.arm] - self.lane + 0.5) * network.LANE_WIDTH
        way = np.arange(0.0, 2.0 * SPEEDER_REACH, network.SPEED[self.arm] * self.factor * STEP)
        out = SPEEDER_REACH - way
        xy = np.column_stack([out * ax + beside * ay, out * ay - beside * ax])
        return xy, np.full(len(way), math.atan2(-ay, -ax)), way

    def green(self, record, first: int) -> bool:
        """Whether it is green for him when he comes to the stop line, and until he is over it, if he begins at a step."""
        at = first + round((SPEEDER_REACH - stop_of(self.arm)) / (network.SPEED[self.arm] * self.factor * STEP))
        steps = range(at - 20, at + 10)
        return all(0 <= i < record.steps and record.letters[i][drawn.group(self.arm)] == "G" for i in steps)


@dataclass(frozen=True)
class Crawl:
    """Beyond an exit of `arm` traffic crawls for a while, so that its lanes fill and the queue grows back."""

    at: float
    seconds: float
    arm: str


@dataclass(frozen=True)
class Rush:
    """More come straight on towards `arm` than its exit takes while it crawls: one every RUSH_S."""

    at: float
    seconds: float
    arm: str


@dataclass(frozen=True)
class Turner:
    """A car comes from `arm`, from which nobody may turn left, and turns left."""

    at: float
    arm: str


CRAWL = 1.1
"""Metres a second: slower than a walk, faster than standing."""
CARS = ("sedan", "hatch", "suv", "wagon")
RUSH_S = 2.2
RUSH_AHEAD_S = 30.0
"""A rush begins so long before its exit crawls: as long as it takes to drive there."""
MORE_SPEEDERS, TURNERS = 5, 4
SPEEDER_ARM = "S"
"""Where most speeders come from: the arm that a camera looks along."""
SPEEDER_REACH = 80.0
JAMS = ((60.0, 650.0), (900.0, 1500.0))
"""When exits jam, seconds of the half hour."""
SLOT_S = 95.0
MIX = {"stopped": 7, "crash": 2, "wrong_way": 5, "person": 5, "red": 5, "over": 4, "speeder": 5, "illegal": 2, "crawl": 2}


def plan(seed: int, seconds: float) -> list:
    """One thing every SLOT_S, the kinds of MIX in random order, each at a random time and place."""
    rng = np.random.default_rng([seed, 3])
    names = [name for name, count in MIX.items() for _ in range(count)]
    out = []
    for slot in np.arange(20.0, seconds - 60.0, SLOT_S):
        if len(out) % len(names) == 0:
            rng.shuffle(names)
        out.append(_draw(names[len(out) % len(names)], slot + rng.uniform(0.0, 40.0), rng))
    return sorted(out + _more(seed, seconds), key=lambda one: one.at)


def _more(seed: int, seconds: float) -> list:
    """What takes too much time or room for the slots: speeders who wait for a free road, drivers who turn where they may not,
    and exits that jam."""
    rng = np.random.default_rng([seed, 5])
    time = lambda: float(rng.uniform(20.0, seconds - 120.0))  # noqa: E731
    out = [Speeder(time(), SPEEDER_ARM, int(rng.integers(1, 3)), float(rng.uniform(1.27, 1.4))) for _ in range(MORE_SPEEDERS)]
    out += [Turner(time(), str(rng.choice(drawn.NO_LEFT))) for _ in range(TURNERS)]
    for begin, end in JAMS:
        at, arm, length = float(rng.uniform(begin, end)), str(rng.choice(list("NESW"))), float(rng.uniform(170.0, 210.0))
        if at + length < seconds:
            out += [Rush(at - RUSH_AHEAD_S, length, arm), Crawl(at, length, arm)]
    return out


def _draw(name: str, at: float, rng) -> object:
    arm = str(rng.choice(list("NESW")))
    lane = int(rng.integers(1, network.LANES[arm] + 1))
    reach = float(rng.uniform(26.0, 46.0))
    side = {"N": "E", "S": "W", "E": "S", "W": "N"}[arm]
    street = "ns" if arm in "NS" else "ew"
    return {
        "stopped": lambda: script.StoppedCar(at, float(rng.uniform(20.0, 55.0)), arm, lane, reach),
        "crash": lambda: Crash(at, float(rng.uniform(30.0, 60.0)), arm, int(rng.integers(1, network.LANES[arm])), reach),
        "wrong_way": lambda: script.WrongWay(at, side, arm, lane, float(rng.uniform(5.0, 9.0))),
        "person": lambda: script.PersonOnRoad(at, arm, float(rng.uniform(27.0, 45.0)), float(rng.uniform(0.0, 6.0))),
        "red": lambda: script.RedLight(at, street),
        "over": lambda: OverLine(at, street, float(rng.uniform(1.6, 3.0))),
        "speeder": lambda: Speeder(at, arm, int(rng.integers(1, 3)), float(rng.uniform(1.27, 1.4))),
        "illegal": lambda: script.StoppedCar(at, float(rng.uniform(72.0, 95.0)), arm, 1, float(rng.uniform(36.0, 46.0))),
        "crawl": lambda: Crawl(at, float(rng.uniform(110.0, 150.0)), arm),
    }[name]()


GHOSTS = (script.WrongWay, script.PersonOnRoad, Speeder)
BRINGS = {
    script.StoppedCar: ("stopped_vehicle", "illegal_stop"), script.WrongWay: ("wrong_way",), script.PersonOnRoad: ("pedestrian_on_road",),
    script.RedLight: ("red_light",), OverLine: ("stop_line",), Speeder: ("speeding",), Turner: ("illegal_turn",),
    Crawl: ("congestion", "queue_spillback"),
}
"""By which rules what is scripted must be told."""


class Stage:
    """Steers SUMO's drivers; call it before every step."""

    def __init__(self, todo: list, programme: network.Programme) -> None:
        steered = [s for s in todo if isinstance(s, (script.StoppedCar, script.RedLight))]
        for crash in (s for s in todo if isinstance(s, Crash)):
            steered += [script.StoppedCar(crash.at, crash.seconds, crash.arm, crash.lane + more, crash.reach) for more in (0, 1)]
        self._steered, self._held, self._turning = steered, list[str](), list[str]()
        self._director = script.Director(tuple(steered), programme) if steered else None
        self._pairs = [(crash, [n for n, s in enumerate(steered) if isinstance(s, script.StoppedCar) and s.at == crash.at])
                       for crash in todo if isinstance(crash, Crash)]
        self._programme = programme
        self._waiting = [s for s in todo if isinstance(s, (OverLine, Crawl, Rush, Turner))]
        self._rushing: dict[str, tuple[float, float, int]] = {}
        self._over: dict[str, tuple[OverLine, str]] = {}
        self._crawling: dict[str, float] = {}
        self._letters: dict[str, str] = {}

    @property
    def crashes(self) -> list[tuple[Crash, list[str]]]:
        """Those that were to crash, and who was found for it."""
        chosen = self._director.chosen if self._director else {}
        return [(crash, [chosen[n] for n in numbers]) for crash, numbers in self._pairs if all(n in chosen for n in numbers)]

    @property
    def steered(self) -> dict[str, set[str]]:
        """Who was made to do what, by name: by each rule that must tell of it."""
        chosen = self._director.chosen if self._director else {}
        out: dict[str, set[str]] = {"stop_line": set(self._held), "illegal_turn": set(self._turning)}
        for number, name in chosen.items():
            for kind in BRINGS[type(self._steered[number])]:
                out.setdefault(kind, set()).add(name)
        return out

    def __call__(self, t: float) -> None:
        """Does what is due at time t."""
        if self._director:
            self._director(t)
        now = network.stage_letters(self._programme, t)
        for one in [s for s in self._waiting if t >= s.at]:
            if self._begin(one, t, now):
                self._waiting.remove(one)
        for name in list(self._over):
            self._hold(name, now)
        for arm in [arm for arm, until in self._crawling.items() if t >= until]:
            libsumo.edge.setMaxSpeed(f"{arm}o", network.SPEED[arm])
            del self._crawling[arm]
        for arm in list(self._rushing):
            self._rush(arm, t)
        self._letters = now

    def _begin(self, one, t: float, now: dict[str, str]) -> bool:
        if isinstance(one, Crawl):
            libsumo.edge.setMaxSpeed(f"{one.arm}o", CRAWL)
            self._crawling[one.arm] = t + one.seconds
            return True
        if isinstance(one, Rush):
            self._rushing[one.arm] = (t + one.seconds, t, 0)
            return True
        if isinstance(one, Turner):
            self._turning.append(_join(f"turn-{one.arm}-{t:.1f}", one.arm, network.LEFT[one.arm], CARS[len(self._turning) % len(CARS)]))
            return True
        if not (self._letters.get(one.group) == "y" and now[one.group] == "r"):
            return False
        name = first_before(list("NS" if one.group == "ns" else "EW"), 14.0, 45.0)
        if name is None:
            return False
        libsumo.vehicle.setSpeedMode(name, 7)
        self._over[name] = (one, one.group)
        self._held.append(name)
        return True

    def _rush(self, arm: str, t: float) -> None:
        until, due, count = self._rushing[arm]
        if t >= until:
            del self._rushing[arm]
        elif t >= due:
            _join(f"rush-{arm}-{t:.1f}", network.STRAIGHT[arm], arm, CARS[count % len(CARS)])
            self._rushing[arm] = (until, t + RUSH_S, count + 1)

    def _hold(self, name: str, now: dict[str, str]) -> None:
        one, street = self._over[name]
        if name not in libsumo.vehicle.getIDList() or now[street] == "G":
            if name in libsumo.vehicle.getIDList():
                libsumo.vehicle.setSpeed(name, -1)
                libsumo.vehicle.setSpeedMode(name, 31)
            del self._over[name]
            return
        position, lane = libsumo.vehicle.getLanePosition(name), libsumo.vehicle.getLaneID(name)
        left = one.beyond - position if lane.startswith(":") else libsumo.lane.getLength(lane) - position + one.beyond
        libsumo.vehicle.setSpeed(name, min(9.0, math.sqrt(2.0 * 1.8 * left)) if left > 0.1 else 0.0)


def _join(name: str, origin: str, target: str, kind: str) -> str:
    """Sends one more vehicle from an arm to another, and tells its name."""
    route = f"made-{origin}{target}"
    if route not in libsumo.route.getIDList():
        libsumo.route.add(route, [f"{origin}i", f"{target}o"])
    libsumo.vehicle.add(name, route, typeID=kind, depart="now", departLane="best", departSpeed="max", departPos="base")
    return name


def first_before(arms: list[str], least: float, most: float) -> str | None:
    """A vehicle that drives straight on and has nobody between itself and its stop line, `least` to `most` metres off."""
    for arm in arms:
        for name in libsumo.edge.getLastStepVehicleIDs(f"{arm}i"):
            left = libsumo.lane.getLength(libsumo.vehicle.getLaneID(name)) - libsumo.vehicle.getLanePosition(name)
            leader = libsumo.vehicle.getLeader(name, 60.0)
            straight = libsumo.vehicle.getRoute(name)[-1][0] == network.STRAIGHT[arm]
            motor = kinds.BY_NAME[libsumo.vehicle.getTypeID(name)].cls not in ("bicycle", "person")
            if motor and straight and least < left < most and (not leader or leader[1] > left - 1.0):
                return name
    return None


def collide(record, crashes: list[tuple[Crash, list[str]]]) -> None:
    """Moves those who crashed against each other while they stand, a little turned."""
    by_name = {track.name: track for track in record.tracks}
    for crash, names in crashes:
        tracks = [by_name[name] for name in names if name in by_name]
        if len(tracks) < 2:
            continue
        ax, ay = network.ARMS[crash.arm]
        right = np.array([ay, -ax])
        ordered = sorted(tracks, key=lambda track: float(np.median(track.xy @ right)))
        for track, way in zip(ordered, (1.0, -1.0)):
            out = track.xy @ (ax, ay)
            still = (track.speed < 0.3) & (np.abs(out - crash.reach) < 6.0) & (out > stop_of(crash.arm))
            share = np.clip(np.convolve(still.astype(float), np.ones(15) / 15.0, mode="same") * 1.5, 0.0, 1.0)
            track.xy += share[:, None] * way * 0.85 * right
            track.heading += share * way * -0.18
