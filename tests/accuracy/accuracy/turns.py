"""True causes at the stop line and beyond it: `red_light`, `stop_line`, `illegal_turn`, `lane_violation`."""

from __future__ import annotations

import numpy as np
from streets import network
from streets.drawing import LINE_EW, LINE_NS
from streets.traffic import STEP

from . import drawn
from .cause import Cause, Look
from .lanes import place
from .state import User, runs, stop_of
from .stops import unique


def _over_stop_line(look: Look):
    """Every motor vehicle whose front passes a drawn stop line inwards: the arm, the user, the index, and for how many
    seconds it has been red."""
    for user in look.state.users:
        if not user.motor:
            continue
        front = user.front
        for arm in network.ARMS:
            if f"stop-{arm}" not in look.lines:
                continue
            u, side = place(arm, front)
            half = network.LANES[arm] * network.LANE_WIDTH
            for i in np.flatnonzero((u[:-1] >= stop_of(arm)) & (u[1:] < stop_of(arm)) & (side[1:] < 0) & (side[1:] > -half)):
                yield arm, user, int(i) + 1, float(look.state.red[drawn.group(arm)][min(user.first + i + 1, look.state.steps - 1)])


def _stand_beyond(user: User, arm: str, i: int) -> tuple[int, int] | None:
    """When a vehicle that passed its stop line at index i stands with its rear not past it."""
    u, _ = place(arm, user.front)
    before = (u[i:] > stop_of(arm) - user.length) & (user.speed[i:] < 0.5)
    stands = [(a, b) for a, b in runs(before) if (b - a) * STEP >= 0.6]
    return (i + stands[0][0], i + stands[0][1]) if stands else None


def red_light(look: Look) -> list[Cause]:
    """Who passes on red and goes on: due when it has been red for a second, possible from any red (or its very end)."""
    out = []
    for arm, user, i, red in _over_stop_line(look):
        if red <= 0.0:
            continue
        start, stand = (user.first + i) * STEP, _stand_beyond(user, arm, i)
        end = min(start + 8.0, user.last * STEP) if stand is None else (user.first + stand[1]) * STEP + 8.0
        due = red >= 1.2 and stand is None and float(user.speed[i]) > 3.0
        out.append(Cause("red_light", start, end, start, (user.number,), due=due, least_visible=0.8, before_s=1.5, note={"red": round(red, 1)}))
    return unique(out + _near_line(look, "red_light"))


NEAR_LINE = 1.5


def _near_line(look: Look, kind: str) -> list[Cause]:
    """Who moves within NEAR_LINE of his stop line while it is red: on which side of it he stood before is a matter of
    the last decimetre, so that either is possible."""
    out = []
    for user in look.state.users:
        if not user.motor:
            continue
        for arm in network.ARMS:
            if f"stop-{arm}" not in look.lines:
                continue
            u, side = place(arm, user.front)
            half = network.LANES[arm] * network.LANE_WIDTH
            red = look.state.red[drawn.group(arm)][np.minimum(np.arange(user.first, user.last), look.state.steps - 1)]
            near = (np.abs(u - stop_of(arm)) < NEAR_LINE) & (side < 0) & (side > -half) & (red > 0)
            for a, b in runs(near & (user.speed > 0.5)):
                start = (user.first + a) * STEP
                if u[min(b, len(u) - 1)] < stop_of(arm):
                    out.append(Cause(kind, start, (user.first + b) * STEP + 20.0, start, (user.number,), due=False))
    return out


def stop_line(look: Look) -> list[Cause]:
    """Who comes over his stop line on red and stands beyond it while it is red: due by a metre for 3 s."""
    out = []
    for arm, user, i, red in _over_stop_line(look):
        stand = _stand_beyond(user, arm, i)
        if red <= 0.0 or stand is None:
            continue
        still_red = look.state.red[drawn.group(arm)][user.first + stand[0]:user.first + stand[1]]
        held = float((still_red > 0).sum()) * STEP
        u, _ = place(arm, user.front)
        beyond = float(stop_of(arm) - u[stand[0]])
        start, end = (user.first + i) * STEP, (user.first + stand[1]) * STEP
        due = red >= 1.2 and held >= 3.0 and 1.0 <= beyond <= user.length - 1.0
        out.append(Cause("stop_line", start, end, (user.first + stand[0]) * STEP + 2.0, (user.number,), due=due, least_visible=0.8, before_s=1.5))
    return unique(out + _near_line(look, "stop_line"))


def _crossings(user: User, arm: str, inward: bool) -> list[int]:
    u, side = place(arm, user.xy)
    line = LINE_NS if arm in "NS" else LINE_EW
    half = network.LANES[arm] * network.LANE_WIDTH + 2.0
    before, after = (u[:-1] >= line, u[1:] < line) if inward else (u[:-1] < line, u[1:] >= line)
    return np.flatnonzero(before & after & (np.abs(side[1:]) < half)).tolist()


def illegal_turn(look: Look) -> list[Cause]:
    """Every vehicle that comes over the line of an arm from which nobody may turn left and leaves over that of the arm to its
    left, both drawn."""
    out = []
    for user in look.state.users:
        if user.cls == "person":
            continue
        for arm in drawn.NO_LEFT:
            to = network.LEFT[arm]
            if not {arm, to} <= look.lines:
                continue
            came = _crossings(user, arm, True)
            left = [i for i in _crossings(user, to, False) if came and i > came[0]]
            if left:
                start, end = (user.first + came[0]) * STEP, (user.first + left[0]) * STEP
                out.append(Cause("illegal_turn", start, end + 1.0, end, (user.number,)))
    return out


def lane_violation(look: Look) -> list[Cause]:
    """Every vehicle that changes over a solid line: due from a metre before to a metre beyond, possible from as near to it
    as a contact point errs."""
    drawn_here = {row["id"] for row in look.plain["marking"]}
    out = []
    for user in look.state.users:
        if user.cls == "person":
            continue
        for arm in network.ARMS:
            u, side = place(arm, user.xy)
            along = (u > drawn.SOLID[0] - 3.0) & (u < drawn.SOLID[1] + 3.0)
            for number in range(1, network.LANES[arm]):
                if f"solid-{arm}{number}" in drawn_here and along.any():
                    out += _change(user, side + number * network.LANE_WIDTH, u, along)
    return unique(out)


def _change(user: User, offset: np.ndarray, u: np.ndarray, along: np.ndarray) -> list[Cause]:
    """Changes over one marking by the way beside it."""
    out = []
    for a, b in runs(along & (np.abs(offset) < 2.4)):
        if offset[a:b].min() > 0.9 or offset[a:b].max() < -0.9:
            continue
        within = (u[a:b] > drawn.SOLID[0] + 1.0) & (u[a:b] < drawn.SOLID[1] - 1.0)
        on = offset[a:b][within]
        due = len(on) > 0 and on.min() < -1.1 and on.max() > 1.1
        # When it had surely been on both sides for the first time.
        both = (np.minimum.accumulate(on) < -1.1) & (np.maximum.accumulate(on) > 1.1) if due else None
        start, end = (user.first + a) * STEP, (user.first + b) * STEP
        sure = start + (float(np.flatnonzero(within)[np.argmax(both)]) * STEP if due else 0.0)
        out.append(Cause("lane_violation", start, end + 1.0, sure, (user.number,), due=due, least_visible=0.8))
    return out
