"""True causes of `stopped_vehicle` and `illegal_stop`: heads of standing rows, and stays where stopping is forbidden."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from streets import network
from streets.traffic import STEP

from . import drawn
from .cause import Cause, Look
from .lanes import place
from .state import LANES, State, User, runs, stop_of

STANDING = 3.0 / 3.6
WINDOW_S = 2.0
"""Over how long who stands gets nowhere: net displacement under STANDING over it."""
CONFIRM_S = 8.0
CYCLE_S = 120.0
SURELY = 0.8
"""Who is slower than this share of STANDING surely stands; who crawls hardly slower than STANDING may be told of."""
SLACK_S = 4.0
"""How long before a green begins, and after it ends, one must stand for that he surely missed all of it."""
BEYOND_S = 15.0
"""Who stands so long beyond his stop line may have missed most of a green."""
ROW_GAP = 2.5
EVERY = 10
"""Rows are looked at each second."""


def stopped(look: Look) -> list[Cause]:
    """Every head of a standing row in a drawn lane outside a waiting area that stands for nearly the confirm time; those
    that stand against each other are one."""
    causes = _joined(_heads(look), look.state)
    for cause in causes:
        cause.note["kind"] = _kind(cause, look.state)
    return causes + _beyond(look.state)


def _beyond(state: State) -> list[Cause]:
    """Who stands beyond his stop line, where no lane is drawn, may be told of as the head of those who wait behind."""
    out = []
    for user in state.users:
        if not user.motor:
            continue
        for a, b in runs((user.speed < STANDING) & (user.lane < 0)):
            places = [(stop_of(arm) - place(arm, user.xy[a][None])[0][0], place(arm, user.xy[a][None])[1][0]) for arm in network.ARMS]
            if (b - a) * STEP >= BEYOND_S and any(0.0 <= beyond < user.length and side < 0.0 for beyond, side in places):
                first, last = user.first + a, user.first + b
                out.append(Cause("stopped_vehicle", first * STEP, last * STEP, last * STEP, (user.number,), due=False, note={"kind": "beyond his line"}))
    return out


def _kind(cause: Cause, state: State) -> str:
    """What it is, by how it stands: who hit another, who stays where stopping is forbidden, who waits for more than a
    cycle; all others broke down."""
    if len(cause.users) > 1:
        return "crash"
    user = next(user for user in state.users if user.number == cause.users[0])
    i = round(cause.start / STEP) - user.first
    lane = LANES[user.lane[i]]
    out, side = place(lane.arm, user.xy[i][None])
    if lane.waits(out)[0]:
        return "waits a whole cycle"
    low, high = drawn.NO_STOPPING
    kerb = (network.LANES[lane.arm] - 1) * network.LANE_WIDTH
    if not lane.inward and low < out[0] < high and side[0] > kerb and cause.end - cause.start > drawn.MAX_STAY_S:
        return "forbidden stop"
    return "breakdown, a queue behind" if _queues(user, cause, state) else "breakdown"


def _queues(user: User, cause: Cause, state: State) -> bool:
    """Whether somebody came to stand behind one who stands, while he did."""
    a, b = round(cause.start / STEP), round(cause.end / STEP)
    mine = user.xy[a - user.first]
    way_on = LANES[user.lane[a - user.first]].heading
    ahead = np.array([np.cos(way_on), np.sin(way_on)])
    for other in state.users:
        if other is user or not other.motor or other.last <= a or other.first >= b:
            continue
        part = slice(max(a - other.first, 0), b - other.first)
        way = mine - other.xy[part]
        behind = way @ ahead
        beside = np.abs(way @ (-ahead[1], ahead[0]))
        if ((other.speed[part] < STANDING) & (behind > 2.0) & (behind < 15.0) & (beside < 1.5)).sum() * STEP > 3.0:
            return True
    return False


def _heads(look: Look) -> list[Cause]:
    state, drawn_lanes = look.state, look.lanes
    standing: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for index, user in enumerate(state.users):
        if not user.motor:
            continue
        for i in np.flatnonzero((user.speed < STANDING) & (user.lane >= 0)):
            if (user.first + i) % EVERY == 0:
                lane = LANES[user.lane[i]]
                standing[user.first + int(i), int(user.lane[i])].append((float(place(lane.arm, user.xy[i][None])[0][0]), index))
    heads: dict[int, list[int]] = defaultdict(list)
    for (step, lane), row in standing.items():
        if LANES[lane].id not in drawn_lanes:
            continue
        before = None
        for out, index in sorted(row, key=lambda one: one[0] if LANES[lane].inward else -one[0]):
            length = state.users[index].length
            if before is None or abs(out - before[0]) > ROW_GAP * max(length, before[1]):
                heads[index].append(step)
            before = (out, length)
    found = [_stop(state.users[index], steps, look) for index, steps in heads.items()]
    return sorted((cause for cause in found if cause), key=lambda cause: cause.start)


def _stands(user: User) -> list[tuple[int, int]]:
    """When somebody stands in a lane by the rule's words: who closes up by a metre within WINDOW_S has not moved."""
    window = round(WINDOW_S / STEP)
    out: list[tuple[int, int]] = []
    for a, b in runs((user.speed < STANDING) & (user.lane >= 0)):
        if out and a - out[-1][1] < window:
            from_, to = out[-1][1], min(out[-1][1] + window, len(user.xy) - 1)
            got = float(np.hypot(*(user.xy[to] - user.xy[from_ - 1])))
            if got < STANDING * WINDOW_S and (user.lane[from_:a] >= 0).all():
                out[-1] = (out[-1][0], b)
                continue
        out.append((a, b))
    return out


def _stop(user: User, steps: list[int], look: Look) -> Cause | None:
    """The longest time for which somebody is head of a row; it is head from when it became one."""
    best: Cause | None = None
    steps = sorted(steps)
    for a, b in _stands(user):
        lane = int(user.lane[a])
        first, last = user.first + a, user.first + b
        mine = [s for s in steps if first <= s < last]
        if not mine:
            continue
        since = first if mine[0] - first <= EVERY else mine[0]
        waits = bool(LANES[lane].waits(place(LANES[lane].arm, user.xy[a][None])[0])[0])
        need, sure = _needs(lane, since, last, look) if waits else (CONFIRM_S, 1.4 * CONFIRM_S)
        held = (last - since) * STEP
        if held < 0.7 * need or (best and held < best.end - best.start):
            continue
        stood = max(((y - x) * STEP for x, y in runs(user.speed[a:b] < SURELY * STANDING)), default=0.0)
        due = min(held, stood) >= sure and since == first
        best = Cause("stopped_vehicle", since * STEP, last * STEP, since * STEP + need, (user.number,), due=due, note={"lane": LANES[lane].id})
    return best


def _needs(lane: int, since: int, last: int, look: Look) -> tuple[float, float]:
    """For how long one who waits before a stop line must stand, and for how long to be surely told of, seconds: until
    his signal was green and is red again, where the box is told what it shows, else the longest cycle."""
    arm = LANES[lane].arm
    if f"stop-{arm}" not in look.lines:
        return CYCLE_S, 1.4 * CYCLE_S
    open_ = look.state.red[drawn.group(arm)][since:last] == 0
    whole = [(a * STEP, b * STEP) for a, b in runs(open_) if a > 0 and b < len(open_)]
    surely = [b for a, b in whole if a >= SLACK_S]
    return (whole[0][1] if whole else np.inf), (surely[0] + SLACK_S if surely else np.inf)


def _joined(causes: list[Cause], state: State) -> list[Cause]:
    """Those whose cars stand against each other, at least a part of the time, are one cause of the first."""
    by_number = {user.number: user for user in state.users}
    out: list[Cause] = []
    for cause in causes:
        mine = by_number[cause.users[0]]
        for other in out:
            theirs = by_number[other.users[0]]
            step = round(max(cause.start, other.start) / STEP) + 10
            if cause.start < other.end and step < min(mine.last, theirs.last):
                if _touches(mine, theirs, step):
                    other.users += cause.users
                    other.end = max(other.end, cause.end)
                    break
        else:
            out.append(cause)
    return out


def _touches(mine: User, theirs: User, step: int) -> bool:
    """Whether one stands against another, or close behind one who stands across the line between their lanes."""
    way = theirs.xy[step - theirs.first] - mine.xy[step - mine.first]
    gap, heading = np.abs(way), mine.heading[step - mine.first]
    ahead, beside = way @ (np.cos(heading), np.sin(heading)), abs(way @ (-np.sin(heading), np.cos(heading)))
    row = (mine.length + theirs.length) / 2.0 + 4.0
    return bool((gap.min() < 2.6 and gap.max() < 6.0) or (0.0 < ahead < row and beside < (mine.width + theirs.width) / 2.0))


def illegal(look: Look) -> list[Cause]:
    """Everybody who stands in a no-stopping zone for nearly the time that is allowed."""
    zones = {row["id"] for row in look.plain["zone"] if row["kind"] == "no_stopping"}
    out = []
    for user in look.state.users:
        if not user.motor:
            continue
        for arm in network.ARMS:
            if f"no-stopping-{arm}" not in zones:
                continue
            u, side = place(arm, user.xy)
            half = network.LANES[arm] * network.LANE_WIDTH
            low, high = drawn.NO_STOPPING
            for slack, due in ((-1.0, True), (1.5, False)):
                inside = (u > low - slack) & (u < high + slack) & (side > half - network.LANE_WIDTH - slack) & (side < half + slack)
                for a, b in runs(inside & (user.speed < STANDING)):
                    held, start = (b - a) * STEP, (user.first + a) * STEP
                    if held >= (1.05 if due else 0.8) * drawn.MAX_STAY_S:
                        out.append(Cause("illegal_stop", start, start + held, start + drawn.MAX_STAY_S, (user.number,), due=due))
    return unique(out)


def unique(causes: list[Cause]) -> list[Cause]:
    """Without those merely possible that are the same road user's and time's as one that is due."""
    due = [cause for cause in causes if cause.due]
    rest = [c for c in causes if not c.due and not any(d.users == c.users and d.start <= c.end and c.start <= d.end for d in due)]
    return sorted(due + rest, key=lambda cause: cause.start)
