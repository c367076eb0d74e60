"""Scripted incidents: what goes wrong in a clip, when, and how it is brought about.

Two ways: a *steered* incident makes SUMO's own vehicle misbehave through TraCI, so that the others
react to it; a *ghost* (who drives against the flow, or walks on the carriageway) is laid over the
finished record where nobody is in its way, since SUMO's drivers would not give way to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from . import kinds, network
from .room import MARGIN, clashes
from .traffic import STEP, Record, Track, traci

STANDING = 3.0 / 3.6
"""Below this speed (m/s) a vehicle stands, as the rule `stopped_vehicle` sees it."""


@dataclass
class Happening:
    """An incident that really happened; times in seconds of the clip."""

    kind: str
    start: float
    end: float
    lane: str | None
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StoppedCar:
    """A car stops in a live exit lane of `arm`, its front `reach` metres from the centre."""

    at: float
    seconds: float
    arm: str
    lane: int
    reach: float


@dataclass(frozen=True)
class WrongWay:
    """A car turns from `origin` into the incoming lanes of `arm` and drives out against the flow."""

    at: float
    origin: str
    arm: str
    lane: int
    speed: float = 7.0


@dataclass(frozen=True)
class PersonOnRoad:
    """A person walks across an arm at `reach` metres from the centre, with a stop in the middle."""

    at: float
    arm: str
    reach: float
    pause: float = 5.0


@dataclass(frozen=True)
class RedLight:
    """The first straight driver of a street who could stop runs the red that begins after `at`."""

    at: float
    group: str


@dataclass(frozen=True)
class Spillback:
    """Beyond an exit of `arm` traffic crawls from `at` on, so that the queue grows into the junction."""

    at: float
    seconds: float
    arm: str


@dataclass(frozen=True)
class CameraTurned:
    """Somebody turns the camera by `degrees` to the left."""

    at: float
    degrees: float


Scripted = StoppedCar | WrongWay | PersonOnRoad | RedLight | Spillback | CameraTurned


class Director:
    """Steers SUMO's vehicles while a clip is simulated; call it before every step."""

    def __init__(self, scripts: tuple[Scripted, ...], programme: network.Programme) -> None:
        self._scripts, self._programme = scripts, programme
        self.chosen: dict[int, str] = {}
        self._hazards: dict[str, float] = {}
        self._letters: dict[str, str] = {}

    def __call__(self, t: float) -> set[str]:
        """Does what is due at clip time t; returns who shows hazard lamps."""
        for number, script in enumerate(self._scripts):
            if isinstance(script, StoppedCar) and t >= script.at and number not in self.chosen:
                self._stop(number, script, t)
            elif isinstance(script, RedLight) and t >= script.at and number not in self.chosen:
                self._run_red(number, script, t)
            elif isinstance(script, Spillback):
                self._crawl(script, t)
        self._letters = network.stage_letters(self._programme, t)
        present = set(traci.vehicle.getIDList())
        return {name for name, since in self._hazards.items() if name in present and self._shows(name, since, t)}

    @staticmethod
    def _shows(name: str, since: float, t: float) -> bool:
        return t >= since and (traci.vehicle.getSpeed(name) < 1.5)

    def _stop(self, number: int, script: StoppedCar, t: float) -> None:
        edge = f"{script.arm}o"
        begin = 20.5 if script.arm in "NS" else 17.0
        where = script.reach - begin
        best = None
        for name in traci.vehicle.getIDList():
            if traci.vehicle.getRoute(name)[-1] != edge or kinds.BY_NAME[traci.vehicle.getTypeID(name)].cls != "car":
                continue
            far = traci.vehicle.getDrivingDistance(name, edge, where, script.lane)
            speed = traci.vehicle.getSpeed(name)
            room = speed * speed / 5.0 + 6.0
            if room < far < 45.0 and speed > 3.0 and (best is None or far < best[0]):
                best = (far, name)
        if best is None:
            return
        traci.vehicle.setStop(best[1], edge, where, script.lane, script.seconds)
        self.chosen[number] = best[1]
        self._hazards[best[1]] = t + 1.0

    def _run_red(self, number: int, script: RedLight, t: float) -> None:
        now = network.stage_letters(self._programme, t)[script.group]
        if not (self._letters.get(script.group) == "y" and now == "r"):
            return
        for name in traci.vehicle.getIDList():
            road = traci.vehicle.getRoadID(name)
            arms = "NS" if script.group == "ns" else "EW"
            if len(road) != 2 or road[1] != "i" or road[0] not in arms:
                continue
            left = traci.lane.getLength(traci.vehicle.getLaneID(name)) - traci.vehicle.getLanePosition(name)
            route = traci.vehicle.getRoute(name)
            leader = traci.vehicle.getLeader(name, 30.0)
            if 8.0 < left < 32.0 and route[-1][0] == network.STRAIGHT[road[0]] and (leader is None or leader[1] > left - 1.0):
                traci.vehicle.setSpeedMode(name, 7)
                traci.vehicle.setSpeed(name, max(9.0, traci.vehicle.getSpeed(name)))
                self.chosen[number] = name
                return

    @staticmethod
    def _crawl(script: Spillback, t: float) -> None:
        edge = f"{script.arm}o"
        limit = 0.3 if script.at <= t < script.at + script.seconds else network.SPEED[script.arm]
        traci.edge.setMaxSpeed(edge, limit)


def _arm_point(arm: str, u: float, v: float) -> tuple[float, float]:
    """A point u metres out on an arm, v metres to the right of looking outward."""
    ax, ay = network.ARMS[arm]
    return u * ax + v * ay, u * ay - v * ax


def _rounded(points: list[tuple[float, float]], radius: float) -> np.ndarray:
    """A polyline whose corners are replaced by curves."""
    p = np.asarray(points, float)
    rows = [p[0]]
    for a, b, c in zip(p, p[1:], p[2:]):
        ra = min(radius, np.linalg.norm(b - a) / 2.1)
        rc = min(radius, np.linalg.norm(c - b) / 2.1)
        one, two = b + (a - b) / np.linalg.norm(a - b) * ra, b + (c - b) / np.linalg.norm(c - b) * rc
        for f in np.linspace(0.0, 1.0, 15):
            rows.append((1 - f) ** 2 * one + 2 * f * (1 - f) * b + f * f * two)
    rows.append(p[-1])
    return np.array(rows)


def walk_path(path: np.ndarray, speeds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions, headings and distances every STEP along a path with a speed at each of its points."""
    gaps = np.hypot(*np.diff(path, axis=0).T)
    arc = np.concatenate([[0.0], np.cumsum(gaps)])
    times = np.concatenate([[0.0], np.cumsum(gaps / np.maximum((speeds[1:] + speeds[:-1]) / 2.0, 0.05))])
    t = np.arange(0.0, times[-1], STEP)
    s = np.interp(t, times, arc)
    xy = np.column_stack([np.interp(s, arc, path[:, i]) for i in (0, 1)])
    ahead = np.column_stack([np.interp(np.minimum(s + 0.8, arc[-1]), arc, path[:, i]) for i in (0, 1)])
    back = np.column_stack([np.interp(np.maximum(s - 0.8, 0.0), arc, path[:, i]) for i in (0, 1)])
    d = ahead - back
    return xy, np.unwrap(np.arctan2(d[:, 1], d[:, 0])), s


def _wrong_way_course(script: WrongWay, speed: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    half = (script.lane - 0.5) * network.LANE_WIDTH
    origin_v = -0.5 * network.LANE_WIDTH
    start = _arm_point(script.origin, 75.0, origin_v)
    # Lane 1 is the outermost; against the flow one looks outward with the incoming lanes on the left.
    lane_v = -(network.LANES[script.arm] * network.LANE_WIDTH - half)
    turn_in = _arm_point(script.arm, 14.0, lane_v)
    end = _arm_point(script.arm, 75.0, lane_v)
    ax, _ = network.ARMS[script.arm]
    corner = (start[0], turn_in[1]) if ax else (turn_in[0], start[1])
    path = _rounded([start, corner, end], 11.0)
    dense = _densify(path)
    centre = np.hypot(dense[:, 0] - corner[0], dense[:, 1] - corner[1])
    speeds = speed + 3.0 * np.clip((centre - 16.0) / 20.0, 0.0, 1.0) * (np.arange(len(dense)) < len(dense) / 2)
    return walk_path(dense, speeds)


def _densify(path: np.ndarray) -> np.ndarray:
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    s = np.arange(0.0, arc[-1], 0.5)
    return np.column_stack([np.interp(s, arc, path[:, i]) for i in (0, 1)])


def _person_course(script: PersonOnRoad) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    half = network.LANES[script.arm] * network.LANE_WIDTH + 1.2
    a = np.array(_arm_point(script.arm, script.reach - 1.5, half))
    b = np.array(_arm_point(script.arm, script.reach + 1.5, -half))
    path = _densify(np.stack([a, b]))
    xy, heading, s = walk_path(path, np.full(len(path), 1.25))
    middle = int(np.argmin(np.hypot(*(xy - (a + b) / 2.0).T)))
    stay = round(script.pause / STEP)
    hold = lambda v: np.concatenate([v[:middle], np.repeat(v[middle:middle + 1], stay, axis=0), v[middle:]])  # noqa: E731
    return hold(xy), hold(heading), hold(s)


class NoRoom(RuntimeError):
    """A scripted ghost found no moment at which nobody is in its way."""


def _lay(record: Record, name: str, kind: str, courses, at: float, window: float, margin: float = MARGIN,
         least: float = 0.3) -> Track:
    """Adds a ghost at the moment nearest to `at` at which its course is free and `least` of it falls into the clip."""
    offsets = sorted(np.arange(-window, window, 0.2), key=abs)
    for offset in offsets:
        first = round((at + offset) / STEP)
        for xy, heading, s in courses:
            # A ghost that begins before the clip, or would outlive it, is cut at the clip's edge.
            a = max(0, -first)
            b = min(len(xy), record.steps - first)
            if b - a < least * len(xy) or clashes(record, kind, first + a, xy[a:b], heading[a:b], margin):
                continue
            moves = np.gradient(s) / STEP
            track = Track(
                id=max(t.id for t in record.tracks) + 1, name=name, kind=kind, first=first + a, xy=xy[a:b],
                heading=heading[a:b], speed=moves[a:b], lamps=np.zeros(b - a, np.uint8), travelled=s[a:b],
            )
            record.tracks.append(track)
            return track
    raise NoRoom(f"no free moment for '{name}' within {window} s of {at} s: thin out the traffic or move it")


def _lay_apart(record: Record, name: str, courses, at: float) -> Track:
    """Adds a car at a moment when, if there is one, nobody drives or stands beside it: all of it can be seen then."""
    for margin in (2.5, 1.9):
        try:
            return _lay(record, name, "sedan", courses, at, 12.0, margin, 0.8)
        except NoRoom:
            continue
    return _lay(record, name, "sedan", courses, at, 12.0, least=0.8)


def _stopped_times(record: Record, name: str, script: StoppedCar) -> tuple[float, float]:
    track = next(t for t in record.tracks if t.name == name)
    front = track.xy @ network.ARMS[script.arm] + kinds.BY_NAME[track.kind].length / 2.0
    slow = np.nonzero((track.speed < STANDING) & (np.abs(front - script.reach) < 4.0))[0]
    if not len(slow):
        _missing(script)
    runs = np.split(slow, np.nonzero(np.diff(slow) > 1)[0] + 1)
    longest = max(runs, key=len)
    return (track.first + longest[0]) * STEP, (track.first + longest[-1] + 1) * STEP


def _wrong_times(track: Track, script: WrongWay) -> tuple[float, float]:
    ax, ay = network.ARMS[script.arm]
    out = track.xy @ (ax, ay)
    along = np.cos(track.heading) * ax + np.sin(track.heading) * ay
    inside = np.nonzero((out > (20.5 if ay else 17.0)) & (along > math.cos(math.radians(60.0))))[0]
    return (track.first + inside[0]) * STEP, (track.first + inside[-1] + 1) * STEP


def _road_times(track: Track, script: PersonOnRoad) -> tuple[float, float]:
    ax, ay = network.ARMS[script.arm]
    across = np.abs(track.xy @ (ay, -ax))
    inside = np.nonzero(across < network.LANES[script.arm] * network.LANE_WIDTH)[0]
    return (track.first + inside[0]) * STEP, (track.first + inside[-1] + 1) * STEP


def _red_times(record: Record, name: str, arm: str) -> tuple[float, float]:
    track = next(t for t in record.tracks if t.name == name)
    ax, ay = network.ARMS[arm]
    front = track.xy @ (ax, ay) - kinds.BY_NAME[track.kind].length / 2.0
    past = np.nonzero(front < (20.5 if ay else 17.0))[0]
    t = (track.first + int(past[0])) * STEP
    return t, t + 2.0


def _spill_times(record: Record, script: Spillback) -> tuple[float, float, list[str]] | None:
    ax, ay = network.ARMS[script.arm]
    mark = 20.5 if ay else 17.0
    times, names = [], []
    first = round(script.at / STEP)
    for track in record.tracks:
        if track.kind == "person":
            continue
        out, side = track.xy @ (ax, ay), track.xy @ (ay, -ax)
        there = (out < mark + 3.0) & (out > 4.0) & (side > 0.0) & (track.speed < STANDING)
        there &= np.cos(track.heading) * ax + np.sin(track.heading) * ay > 0.7
        hits = np.nonzero(there & (np.arange(len(there)) + track.first >= first))[0]
        if len(hits) > 20:
            times += [track.first + hits[0], track.first + hits[-1]]
            names.append(track.name)
    return (min(times) * STEP, max(times) * STEP, names) if times else None


def happen(record: Record, scripts: tuple[Scripted, ...], director: Director) -> list[Happening]:
    """Lays the ghosts over the record and tells what really happened, in order of time.

    Raises `NoRoom` when a ghost finds no free moment, `RuntimeError` when no vehicle could be steered.
    """
    out: list[Happening] = []
    for number, script in enumerate(scripts):
        if isinstance(script, StoppedCar):
            name = director.chosen.get(number) or _missing(script)
            out.append(Happening("stopped_vehicle", *_stopped_times(record, name, script), f"{script.arm}-out{script.lane}", [name]))
        elif isinstance(script, WrongWay):
            courses = [_wrong_way_course(script, v) for v in (script.speed, script.speed - 1.0, script.speed + 1.5)]
            track = _lay_apart(record, f"ghost{number}", courses, script.at)
            out.append(Happening("wrong_way", *_wrong_times(track, script), f"{script.arm}-in{script.lane}", [track.name]))
            record.routes[track.name] = (script.origin, script.arm)
        elif isinstance(script, PersonOnRoad):
            track = _lay(record, f"ghost{number}", "person", [_person_course(script)], script.at, 15.0, 0.35)
            out.append(Happening("pedestrian_on_road", *_road_times(track, script), None, [track.name]))
        elif isinstance(script, RedLight):
            name = director.chosen.get(number) or _missing(script)
            arm = record.routes[name][0]
            out.append(Happening("red_light", *_red_times(record, name, arm), None, [name]))
        elif isinstance(script, Spillback):
            found = _spill_times(record, script)
            if found is None:
                _missing(script)
            out.append(Happening("queue_spillback", found[0], found[1], None, found[2]))
        elif isinstance(script, CameraTurned):
            out.append(Happening("camera_moved", script.at, record.seconds, None))
    return sorted(out, key=lambda h: h.start)


def _missing(script: Scripted):
    raise RuntimeError(f"nobody could be made to do this: {script}; choose another time or seed")
