"""Counts, movements and speeds of a replayed hour against SUMO's own."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from streets import kinds, network
from streets.drawing import LINE_EW, LINE_NS
from streets.traffic import STEP, Record

from .cause import LEAST_DUE
from .drive import SIM_STEP
from .lanes import place
from .seen import Rows

BIN = 900.0


@dataclass(frozen=True)
class Crossing:
    """A vehicle over an arm's counting line; `forward` is inbound."""

    t: float
    line: str
    forward: bool
    speed_kmh: float
    track: int


def true_crossings(record: Record) -> list[Crossing]:
    """When the centre of each vehicle passes each arm's line, by its own path and speed."""
    out = []
    for number, track in enumerate(record.tracks):
        if kinds.BY_NAME[track.kind].cls == "person":
            continue
        for arm in network.ARMS:
            u, side = place(arm, track.xy)
            line = LINE_NS if arm in "NS" else LINE_EW
            half = network.LANES[arm] * network.LANE_WIDTH + 1.0
            for i in np.flatnonzero(np.diff(np.signbit(u - line)) & (np.abs(side[1:]) < half)):
                share = (line - u[i]) / (u[i + 1] - u[i])
                speed = 3.6 * _pace(track.xy, i + share)
                out.append(Crossing((track.first + i + share) * STEP, arm, bool(u[i] > line), speed, number))
    return sorted(out, key=lambda c: c.t)


def _pace(xy: np.ndarray, at: float) -> float:
    """Metres per second of a centre at a step, by where SUMO has it one of its own steps before and after. (SUMO's word
    for the speed is that of the front over the step that ends then: of who speeds up, it is half a step old.)"""
    steps = np.arange(len(xy))
    ends = np.clip([at - SIM_STEP / STEP, at + SIM_STEP / STEP], 0, len(xy) - 1)
    a, b = (np.array([np.interp(end, steps, column) for column in xy.T]) for end in ends)
    return float(np.hypot(*(b - a)) / ((ends[1] - ends[0]) * STEP))


def sumo_counts(record: Record) -> Counter:
    """SUMO's own detectors: vehicles by arm and direction (True: inbound) and bin of 15 minutes."""
    table: Counter = Counter()
    for p in record.passings:
        if 0.0 <= p.t <= record.seconds:
            table[p.detector[0], p.detector[1] == "i", int(p.t // BIN)] += 1
    return table


def passages(path: Path) -> list[dict]:
    """Our passages."""
    return [json.loads(line) for line in path.read_text().splitlines()]


WELL_SEEN, OF_ALL = 0.7, 0.95
"""A line is well seen where this share of the vehicles is visible to this share, and tall enough to be due, while they cross."""


def poor_lines(record: Record, rows: Rows, t: np.ndarray, height: int) -> set[tuple[str, bool]]:
    """Lines and directions (True: inbound) that are not well seen: more than one vehicle in twenty is lower than a rule asks
    of who is due (LEAST_DUE of the frame's height), or by more than three tenths hidden behind others."""
    seen: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    order = np.lexsort((rows.frame, rows.user))
    user, when = rows.user[order], t[rows.frame[order]]
    tall, visible = (rows.box[order, 3] - rows.box[order, 1]) / height, rows.visible[order]
    for crossing in true_crossings(record):
        first, last = np.searchsorted(user, [crossing.track, crossing.track + 1])
        near = first + np.flatnonzero(np.abs(when[first:last] - crossing.t) < 1.5)
        if len(near):
            well = np.median(tall[near]) >= LEAST_DUE and np.median(visible[near]) >= WELL_SEEN
            seen[crossing.line, crossing.forward].append(bool(well))
    return {key for key, all_of in seen.items() if np.mean(all_of) < OF_ALL}


def compare(record: Record, found: list[dict], lines: set[str], poor: set[tuple[str, bool]] = frozenset()) -> dict:
    """Counts by line, direction and bin, and the speed errors of matched passages; `poor` lines are marked."""
    ours: Counter = Counter()
    for p in found:
        ours[p["line"], p["dir"] == "forward", int(p["t"] // BIN)] += 1
    theirs = Counter({key: n for key, n in sumo_counts(record).items() if key[0] in lines})
    rows = [
        {"line": line, "dir": "in" if inward else "out", "bin": number, "ours": ours[line, inward, number], "sumo": theirs[line, inward, number], "poor": (line, inward) in poor}
        for line, inward, number in sorted({*ours, *theirs})
    ]
    return {"counts": rows, "speed_errors_kmh": _speeds(record, found)}


def _speeds(record: Record, found: list[dict], window: float = 1.0) -> list[float]:
    """Ours less SUMO's, km/h, of each passage with a speed and the nearest true crossing within `window` seconds."""
    truth: dict[tuple[str, bool], list[Crossing]] = defaultdict(list)
    for crossing in true_crossings(record):
        truth[crossing.line, crossing.forward].append(crossing)
    out, used = [], set()
    for p in found:
        near = [c for c in truth[p["line"], p["dir"] == "forward"] if abs(c.t - p["t"]) < window and (c.track, c.line) not in used]
        # Two abreast cannot be told apart by line and time: they say nothing of the speed.
        if len(near) == 1 and p.get("speed_kmh") is not None:
            used.add((near[0].track, near[0].line))
            out.append(round(p["speed_kmh"] - near[0].speed_kmh, 2))
    return out


def movements(record: Record, facts: Path, lines: set[str]) -> list[dict]:
    """Movements by our minute facts and by SUMO's routes of who crossed both lines."""
    ours: Counter = Counter()
    for line in facts.read_text().splitlines():
        for cell in json.loads(line)["cells"]:
            way = cell["key"].replace("stop-", "")
            if cell["kind"] == "movement" and len(set(way.split(">"))) > 1 and set(way.split(">")) <= lines:
                ours[way] += sum(row["n"] for row in cell.get("classes", {}).values())
    crossed: dict[int, list[str]] = defaultdict(list)
    for c in true_crossings(record):
        crossed[c.track].append(c.line)
    truth = Counter(f"{way[0]}>{way[-1]}" for way in crossed.values() if len(way) > 1 and {way[0], way[-1]} <= lines)
    return [{"movement": key, "ours": ours[key], "sumo": truth[key]} for key in sorted({*ours, *truth})]
