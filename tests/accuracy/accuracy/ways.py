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
    """Everybody in a lane who is over the limit and the tolerance: due by 6 km/h more for 1.6 s where a pixel is fine."""
    out = []
    for user in look.state.users:
        if not user.motor:
            continue
        limit = np.array([drawn.LIMIT_KMH[drawn.group(lane.arm)] for lane in LANES])[user.lane] + drawn.TOLERANCE_KMH
        over = user.speed * 3.6 - limit
        for a, b in runs((user.lane >= 0) & (over > -4.0)):
            sure = [(c, d) for c, d in runs((over[a:b] > 6.0) & fine(look, user.xy[a:b])) if (d - c) * STEP >= 1.6]
            start, end = (user.first + a) * STEP, (user.first + b) * STEP
            if sure:
                begun = start + sure[0][0] * STEP
                out.append(Cause("speeding", begun, end, begun + 1.0, (user.number,)))
            else:
                out.append(Cause("speeding", start, end, start + 1.0, (user.number,), due=False))
    return unique(out)


def fine(look: Look, xy: np.ndarray) -> np.ndarray:
    """Where a pixel down the picture is less than 0.15 m of road and the calibration's points reach, of points (n, 2)."""
    at = look.camera.project(np.column_stack([xy, np.zeros(len(xy))]))[:, :2]
    coarse = np.hypot(*(look.camera.ground(at + (0.0, 1.0)) - xy).T)
    ends = np.abs([point["road"] for point in look.plain["calibration"]["points"]]).max(axis=0)
    return (coarse < 0.15) & (np.abs(xy) < ends - 1.0).all(axis=1)
