"""True causes of `congestion` and `queue_spillback`: what SUMO's vehicles do in the lanes that a camera has drawn."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from streets.traffic import STEP

from . import drawn
from .cause import SEEN_SHARE, Cause, Look
from .lanes import place
from .state import LANES, Lane, runs

SECOND = 10
"""Steps between looks."""
MEAN = 3
CLEAR_S, COOLDOWN_S = 60.0, 30.0


def _in_lanes(look: Look) -> dict[str, list[list[tuple[float, float, float]]]]:
    """By drawn lane and second: who is in it, as metres from its beginning to the rear, length, and speed in m/s; the one
    farthest along first."""
    seconds = look.state.steps // SECOND
    table: dict[str, list] = {lane.id: [[] for _ in range(seconds)] for lane in LANES if lane.id in look.lanes}
    extents = {name: look.extent(name) for name in table}
    for user in look.state.users:
        if not user.motor:
            continue
        for i in range((-user.first) % SECOND, len(user.xy), SECOND):
            index = int(user.lane[i])
            second = (user.first + i) // SECOND
            if index < 0 or LANES[index].id not in table or second >= seconds:
                continue
            lane, (near, far) = LANES[index], extents[LANES[index].id]
            u = float(place(lane.arm, user.xy[i][None])[0][0])
            middle = far - u if lane.inward else u - near
            if -2.0 <= middle <= far - near + 2.0:
                table[lane.id][second].append((middle - user.length / 2.0, user.length, float(user.speed[i])))
    for rows in table.values():
        for row in rows:
            row.sort(reverse=True)
    return table


def _measures(look: Look, name: str, rows: list) -> tuple[np.ndarray, np.ndarray]:
    """Space-mean speed (km/h; infinite when empty) and occupancy of a lane, each second, over the last three."""
    near, far = look.extent(name)
    length = max(far - near, 1.0)
    speed, covered = np.full(len(rows), np.inf), np.zeros(len(rows))
    for second, row in enumerate(rows):
        if row:
            speed[second] = 3.6 * float(np.mean([one[2] for one in row]))
            covered[second] = sum(max(0.0, min(r + size, length) - max(r, 0.0)) for r, size, _ in row) / length
    return _mean(np.where(np.isfinite(speed), speed, 90.0)), _mean(covered)


def _mean(values: np.ndarray) -> np.ndarray:
    padded = np.pad(values, (MEAN - 1, 0), mode="edge")
    return np.convolve(padded, np.ones(MEAN) / MEAN, mode="valid")


def _sides(look: Look) -> dict[str, list[Lane]]:
    """The drawn lanes of each side of an arm, which adjoin."""
    out = defaultdict(list)
    for lane in LANES:
        if lane.id in look.lanes:
            out[lane.arm + ("in" if lane.inward else "out")].append(lane)
    return out


def _merged(mask: np.ndarray, gap: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for a, b in runs(mask):
        if out and a - out[-1][1] <= gap:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def congestion(look: Look) -> list[Cause]:
    """Sides of an arm with a lane that is full and slow: due by 20 % of each threshold for 1.3 times the confirm time where
    its vehicles are well seen, possible from 25 % less for 0.6 times. What is clear for as long as the rule waits is over,
    and what follows another cause; a side whose traffic waits for another that is full is only possible, since the head
    alone is told."""
    table, out = _in_lanes(look), []
    exits: list[tuple[float, float]] = []
    for lanes in sorted(_sides(look).values(), key=lambda lanes: lanes[0].inward):
        inward = lanes[0].inward
        need, least = (120.0, 60.0) if inward else (30.0, 18.0)
        names = tuple(lane.id for lane in lanes)
        loose, full = (np.zeros(look.state.steps // SECOND, bool) for _ in range(2))
        sure: list[tuple[int, int]] = []
        for lane in lanes:
            speed, covered = _measures(look, lane.id, table[lane.id])
            near, far = look.extent(lane.id)
            loose |= (speed < 20.0) & (covered > 0.15)
            full |= (speed < 15.0) & (covered > 0.35)
            if far - near > 15.0:
                long = [(a, b) for a, b in runs((speed < 12.0) & (covered > 0.42)) if b - a >= 1.3 * need]
                sure += [(a, b) for a, b in long if look.lane_share(lane.id, a, a + 1.3 * need) >= SEEN_SHARE]
        rest = loose.copy()
        for a, b in _merged(full, round(CLEAR_S + COOLDOWN_S)):
            inside = [s for s in sure if a <= s[0] < b]
            if inside:
                begun = inside[0][0]
                waits = inward and any(start < begun + need and end > begun for start, end in exits)
                out.append(Cause("congestion", float(a), float(b), begun + need, (), names, not waits))
                exits += [] if inward else [(float(a), float(b))]
                rest[a:b] = False
        out += [
            Cause("congestion", float(a), float(b), a + need, (), names, False)
            for a, b in _merged(rest, round(CLEAR_S + COOLDOWN_S)) if b - a >= least
        ]
    return out


def _queue(row: list[tuple[float, float, float]], end: float, speed: float, gap: float) -> float:
    """Length of the queue back from a lane's end."""
    reached = tail = end
    for rear, length, pace in row:
        if reached - (rear + length) > gap:
            break
        reached = min(reached, rear)
        if pace < speed:
            tail = reached
    return end - tail


def spillback(look: Look) -> list[Cause]:
    """Exits on whose lanes the queue reaches back beyond the mark: due by 4 m with small gaps and low speeds, possible
    from 6 m before it."""
    table, out = _in_lanes(look), []
    for lanes in _sides(look).values():
        if lanes[0].inward:
            continue
        seconds = look.state.steps // SECOND
        loose, sure = np.zeros(seconds, bool), np.zeros(seconds, bool)
        for lane in lanes:
            near, far = look.extent(lane.id)
            rows = table[lane.id]
            loose |= np.array([_queue(row, far - near, 16.0 / 3.6, 20.0) > drawn.MARK_M - 6.0 for row in rows])
            sure |= np.array([_queue(row, far - near, 4.6 / 3.6, 8.0) > drawn.MARK_M + 4.0 for row in rows])
        for a, b in _merged(loose, 45):
            inside = [s for s in runs(sure[a:b]) if s[1] - s[0] >= 6]
            begun = a + inside[0][0] if inside else a
            out.append(Cause("queue_spillback", float(a), float(b), begun + 2.0, (), tuple(l.id for l in lanes), bool(inside)))
    return out


assert STEP * SECOND == 1.0
