"""What really happened, read from SUMO's state: true causes of each rule, whoever brought them about.

A cause is *due* where a rule must report it, and *possible* where it is so near the rule's own threshold, or so badly
seen, that neither reporting it nor leaving it out is a fault.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from streets import kinds
from streets.traffic import STEP, Record, Track

from .lanes import Lane, lanes, place
from .seen import Rows

STANDING = 3.0 / 3.6
CONFIRM = {"stopped_vehicle": 8.0, "wrong_way": 1.0}
"""The rules' own confirm times, seconds."""

CYCLE = 120.0
ROW_GAP = 2.5
EVERY = 10
"""Rows are looked at each second."""


@dataclass
class Cause:
    """Something that really happened; times in seconds."""

    kind: str
    start: float
    end: float
    lane: str
    track: int
    """Number of the road user in the record."""
    place: tuple[float, float]
    confirmable: float
    """When the rule's condition has held for its confirm time."""
    due: bool = True
    scripted: bool = False


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False]))
    return list(zip(edges[::2], edges[1::2]))


def _motor(track: Track) -> bool:
    return kinds.BY_NAME[track.kind].cls not in ("person", "bicycle")


def stopped(record: Record) -> list[Cause]:
    """Every head of a standing row in a lane outside a waiting area that stands for nearly the confirm time."""
    heads: dict[tuple[int, str], list[int]] = defaultdict(list)
    for lane in lanes():
        standing = _standing_in(record, lane)
        for second in range(0, record.steps, EVERY):
            here = sorted(standing.get(second, []), key=lambda row: row[0] if lane.inward else -row[0])
            before: tuple[float, int] | None = None
            for out, number in here:
                length = kinds.BY_NAME[record.tracks[number].kind].length
                if before is None or abs(out - before[0]) > ROW_GAP * max(length, kinds.BY_NAME[record.tracks[before[1]].kind].length):
                    heads[number, lane.id].append(second)
                before = (out, number)
    table = {lane.id: lane for lane in lanes()}
    causes = [_stop(record, number, table[lane], seconds) for (number, lane), seconds in heads.items()]
    return sorted((c for c in causes if c), key=lambda c: c.start)


def _standing_in(record: Record, lane: Lane) -> dict[int, list[tuple[float, int]]]:
    out: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for number, track in enumerate(record.tracks):
        if not _motor(track):
            continue
        still = (track.speed < STANDING) & lane.inside(track.xy)
        for index in np.flatnonzero(still):
            step = track.first + int(index)
            if step % EVERY == 0:
                at = track.xy[index]
                out[step].append((float(place(lane.arm, at[None])[0][0]), number))
    return out


def _stop(record: Record, number: int, lane: Lane, seconds: list[int]) -> Cause | None:
    """The cause of a head; it is head from when it became one."""
    track = record.tracks[number]
    best: Cause | None = None
    for a, b in _runs((track.speed < STANDING) & lane.inside(track.xy)):
        first, last = track.first + a, track.first + b
        mine = [s for s in seconds if first <= s < last]
        if not mine:
            continue
        since = first if mine[0] - first <= EVERY else mine[0]
        at = track.xy[a]
        waits = bool(lane.waits(place(lane.arm, at[None])[0])[0])
        need = CYCLE if waits else CONFIRM["stopped_vehicle"]
        held = (last - since) * STEP
        if held < 0.7 * need or (best and held < best.end - best.start):
            continue
        due = held >= 1.4 * need and since == first
        best = Cause("stopped_vehicle", since * STEP, last * STEP, lane.id, number, (float(at[0]), float(at[1])), since * STEP + need, due)
    return best


def wrong_way(record: Record) -> list[Cause]:
    """Everybody (cycles aside) who heads against a lane by more than 120° for nearly 8 m and 1 s."""
    out = []
    for number, track in enumerate(record.tracks):
        if kinds.BY_NAME[track.kind].cls in ("person", "bicycle", "motorcycle"):
            continue
        for lane in lanes():
            against = lane.inside(track.xy) & (np.cos(track.heading - lane.heading) < -0.5) & (track.speed > 0.5)
            for a, b in _runs(against):
                way = np.cumsum(np.r_[0.0, np.hypot(*np.diff(track.xy[a:b], axis=0).T)])
                if way[-1] < 5.0:
                    continue
                enough = np.flatnonzero((way >= 8.0) & (np.arange(b - a) * STEP >= CONFIRM["wrong_way"]))
                at, first = track.xy[a], track.first + a
                sure = (first + int(enough[0])) * STEP if len(enough) else (first + b - a) * STEP
                due = bool(len(enough)) and way[-1] >= 14.0
                out.append(Cause("wrong_way", first * STEP, (first + b - a) * STEP, lane.id, number, (float(at[0]), float(at[1])), sure, due))
    return sorted(out, key=lambda c: c.start)


TRUTHS = {"stopped_vehicle": stopped, "wrong_way": wrong_way}
"""How the true causes of each rule are read from the record."""


def require_sight(causes: list[Cause], rows: Rows, t: np.ndarray, height: int) -> list[Cause]:
    """Without causes out of the frame; those that are badly seen (under 70 % of the time until confirmed at 40 %
    visible, wholly in the frame and 3 % of its height) are not due."""
    by_user: dict[int, np.ndarray] = {}
    order = np.argsort(rows.user, kind="stable")
    users, starts = np.unique(rows.user[order], return_index=True)
    for user, part in zip(users, np.split(order, starts[1:])):
        by_user[int(user)] = part
    out = []
    for cause in causes:
        mine = by_user.get(cause.track)
        if mine is None:
            continue
        when = t[rows.frame[mine]]
        until = min(cause.end, cause.confirmable + 2.0)
        during = mine[(when >= cause.start) & (when <= until)]
        frames = max(1, int(((t >= cause.start) & (t <= until)).sum()))
        tall = rows.box[during, 3] - rows.box[during, 1]
        good = (rows.visible[during] >= 0.4) & (rows.inside[during] >= 0.99) & (tall >= 0.03 * height)
        if not len(during):
            continue
        cause.due = cause.due and good.sum() >= 0.7 * frames
        out.append(cause)
    return out
