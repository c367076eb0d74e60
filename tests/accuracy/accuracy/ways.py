"""True causes of `wrong_way`, `pedestrian_on_road` and `speeding`."""

from __future__ import annotations

import numpy as np
from streets import network
from streets.traffic import STEP
from streets.world import CROSS_EW, CROSS_NS, HALF_EW, HALF_NS

from . import drawn
from .cause import Cause, Look
from .lanes import place
from .state import CYCLES, LANES, runs, stop_of
from .stops import unique

CROSSING = 2.5 + 0.9
"""Half a drawn crossing and the rule's buffer of half a body height, metres."""


def wrong_way(look: Look) -> list[Cause]:
    """Everybody (cycles aside) who heads against a lane by more than 120° for nearly 8 m and 1 s."""
    out = []
    for user in look.state.users:
        if user.cls == "person" or user.cls in CYCLES:
            continue
        headings = np.array([lane.heading for lane in LANES])
        known = user.lane >= 0
        against = known & (np.cos(user.heading - headings[user.lane]) < -0.5) & (user.speed > 0.5)
        for a, b in runs(against):
            way = np.cumsum(np.r_[0.0, np.hypot(*np.diff(user.xy[a:b], axis=0).T)])
            if way[-1] < 4.0 or not {LANES[i].id for i in np.unique(user.lane[a:b])} & look.lanes:
                continue
            enough = np.flatnonzero((way >= 8.0) & (np.arange(b - a) * STEP >= 1.0))
            start, end = (user.first + a) * STEP, (user.first + b) * STEP
            sure = start + int(enough[0]) * STEP if len(enough) else end
            due = bool(len(enough)) and way[-1] >= 14.0
            out.append(Cause("wrong_way", start, end, sure, (user.number,), due=due))
    return out


def depth_on_road(xy: np.ndarray) -> np.ndarray:
    """How far points (n, 2) are inside the carriageway that the rule watches, metres; negative off it and at crossings."""
    x, y = np.abs(xy[:, 0]), np.abs(xy[:, 1])
    best = np.minimum(HALF_NS - x, HALF_EW - y)
    for arm in network.ARMS:
        u, side = place(arm, xy)
        half, cross = (HALF_NS, CROSS_NS) if arm in "NS" else (HALF_EW, CROSS_EW)
        lanes = np.minimum.reduce([half - np.abs(side), u - stop_of(arm), 60.0 - u])
        best = np.maximum(best, lanes)
        best = np.where((np.abs(side) < half + 1.0) & (np.abs(u - cross) < CROSSING), np.minimum(best, np.abs(u - cross) - CROSSING), best)
    return best


def on_road(look: Look) -> list[Cause]:
    """Everybody on foot who is on the carriageway away from crossings: due from half a metre inside for 2.5 s, possible
    from near the kerb on."""
    out = []
    for user in look.state.users:
        if user.cls != "person":
            continue
        depth = depth_on_road(user.xy)
        for a, b in runs(depth > -0.9):
            sure = [(c, d) for c, d in runs(depth[a:b] > 0.5) if (d - c) * STEP >= 2.5]
            if (b - a) * STEP < 0.4:
                continue
            start, end = (user.first + a) * STEP, (user.first + b) * STEP
            inside = np.flatnonzero(depth[a:b] > 0.0)
            begun = start + (int(inside[0]) * STEP if len(inside) else 0.0)
            out.append(Cause("pedestrian_on_road", begun, end, begun + 1.0, (user.number,), due=bool(sure)))
    return out


def speeding(look: Look) -> list[Cause]:
    """Everybody who is over the limit and the tolerance in a lane, or in the junction straight behind one: due by 6 km/h
    more for 1.4 s where a pixel is fine, of which so much lies in a lane once 1.1 s have passed that he can be told of."""
    limits = np.array([drawn.LIMIT_KMH[drawn.group(lane.arm)] for lane in LANES])
    own = np.array([lane.id in look.lanes for lane in LANES])
    out = []
    for user in look.state.users:
        if not user.motor:
            continue
        known = np.maximum.accumulate(np.where(user.lane >= 0, np.arange(len(user.lane)), -1))
        limit = np.where(known >= 0, limits[user.lane[known]], np.inf)
        over = user.speed * 3.6 - limit - drawn.TOLERANCE_KMH
        told = (user.lane >= 0) & own[user.lane]
        for a, b in runs(over > -4.0):
            if not (user.lane[a:b] >= 0).any():
                continue
            sure = [
                c for c, d in runs((over[a:b] > 6.0) & fine(look, user.xy[a:b]))
                if (d - c) * STEP >= 1.4 and told[a + c + round(1.1 / STEP):a + d].sum() * STEP >= 0.3
            ]
            start, end = (user.first + a) * STEP, (user.first + b) * STEP
            if sure:
                begun = start + sure[0] * STEP
                first = sure[0] + round(1.0 / STEP)
                first += int(np.argmax(told[a + first:b]))
                out.append(Cause("speeding", begun, end, start + first * STEP, (user.number,)))
            else:
                out.append(Cause("speeding", start, end, start + 1.0, (user.number,), due=False))
    return unique(out)


def fine(look: Look, xy: np.ndarray) -> np.ndarray:
    """Where a pixel down the picture is less than 0.2 m of road (the rule asks for 0.25) and the calibration's points reach, of points (n, 2)."""
    at = look.camera.project(np.column_stack([xy, np.zeros(len(xy))]))[:, :2]
    coarse = np.hypot(*(look.camera.ground(at + (0.0, 1.0)) - xy).T)
    ends = np.abs([point["road"] for point in look.plain["calibration"]["points"]]).max(axis=0)
    return (coarse < 0.2) & (np.abs(xy) < ends - 1.0).all(axis=1)
