"""True causes of `near_miss` and `failure_to_yield`: post-encroachment times of exact bodies on exact ways.

The measure is the rule's own (`pipelines/src/conflict`): ways that cross by 30° or more; from when the first's rear has
left the strip that the other sweeps until the second's front reaches it, both on their way at that time.
"""

from __future__ import annotations

import numba
import numpy as np
from streets.traffic import STEP
from streets.world import CROSS_EW, CROSS_NS, HALF_EW, HALF_NS

from .cause import Cause, Look
from .lanes import place
from .state import State, User

STRIDE = 4
"""Ways are cut into pieces of so many steps."""
PET_S = 0.8
SURE_S, LIKELY_S = 0.35, 1.7
SURE_SINE, LEAST_SINE2 = 0.64, 0.117
"""The rule's 30°, ten degrees to each side of it: due from 40° on, possible from 20° on (the square of the sine)."""
LEAST_MS = {"person": 0.4}
DRIVES_MS = 8.0 / 3.6
WINDOW_S = 6.0
REACH_M = 45.0
PACE_S = 0.5
"""A speed is that from so long before to so long after."""


@numba.njit(cache=True)
def _cross(a, b, low):  # pragma: no cover (compiled)
    """Where two ways (rows of x, y, step) cross by 20° or more within the window: pairs of piece numbers and shares."""
    out = []
    for i in range(len(a) - 1):
        ax, ay, dx, dy = a[i, 0], a[i, 1], a[i + 1, 0] - a[i, 0], a[i + 1, 1] - a[i, 1]
        for j in range(len(b) - 1):
            if abs(a[i, 2] - b[j, 2]) > low:
                continue
            ex, ey = b[j + 1, 0] - b[j, 0], b[j + 1, 1] - b[j, 1]
            det = dx * ey - dy * ex
            own, other = dx * dx + dy * dy, ex * ex + ey * ey
            if own < 1e-6 or other < 1e-6 or det * det < LEAST_SINE2 * own * other:
                continue
            fx, fy = b[j, 0] - ax, b[j, 1] - ay
            s, t = (fx * ey - fy * ex) / det, (fx * dy - fy * dx) / det
            if 0.0 <= s < 1.0 and 0.0 <= t < 1.0:
                out.append((i, s, j, t))
    return out


class _Way:
    def __init__(self, user: User) -> None:
        self.user = user
        self.rows = np.column_stack([user.xy, np.arange(user.first, user.last, dtype=float)])[::STRIDE]
        step = np.hypot(*np.diff(user.xy, axis=0).T)
        # Who stands does not go on: times are asked of strictly rising way.
        self.along = np.r_[0.0, np.cumsum(step)] + np.arange(len(user.xy)) * 1e-7
        self.low, self.high = user.xy.min(0), user.xy.max(0)

    def time_at(self, along: float) -> float:
        """Seconds at which it has come so far; infinite beyond its end, minus infinite before its beginning."""
        if along <= self.along[0]:
            return -np.inf
        if along >= self.along[-1]:
            return np.inf
        return (self.user.first + float(np.interp(along, self.along, np.arange(len(self.along))))) * STEP

    def speed(self, at: float) -> float:
        """Metres per second from half a second before to half a second after a time; 0 where it never was."""
        if not np.isfinite(at):
            return 0.0
        index = np.array([at - PACE_S, at + PACE_S]) / STEP - self.user.first
        return float(np.diff(np.interp(index, np.arange(len(self.along)), self.along))[0]) / (2.0 * PACE_S)


def encounters(state: State) -> list[dict]:
    """Every two road users, one in a motor vehicle, whose ways cross near the junction within LIKELY_S."""
    if getattr(state, "_encounters", None) is None:
        ways = [_Way(user) for user in state.users if (np.abs(user.xy).max(1) < REACH_M).any()]
        ways.sort(key=lambda way: way.user.first)
        found = []
        for n, one in enumerate(ways):
            for two in ways[n + 1:]:
                if two.user.first > one.user.last + WINDOW_S / STEP:
                    break
                if (one.user.motor or two.user.motor) and (one.low <= two.high).all() and (two.low <= one.high).all():
                    found += _meet(one, two)
        state._encounters = sorted(found, key=lambda row: row["at"])
    return state._encounters


def _meet(one: _Way, two: _Way) -> list[dict]:
    best = None
    for i, s, j, t in _cross(one.rows, two.rows, WINDOW_S / STEP):
        d1, d2 = one.rows[i + 1, :2] - one.rows[i, :2], two.rows[j + 1, :2] - two.rows[j, :2]
        place_ = one.rows[i, :2] + s * d1
        n1, n2 = d1 / np.linalg.norm(d1), d2 / np.linalg.norm(d2)
        sine, cosine = abs(n1[0] * n2[1] - n1[1] * n2[0]), abs(float(n1 @ n2))
        passings = []
        for way, other, number, share in ((one, two, i, s), (two, one, j, t)):
            index = min(number * STRIDE + share * STRIDE, len(way.along) - 1.0)
            along = float(np.interp(index, np.arange(len(way.along)), way.along))
            reach = (other.user.width + way.user.width * cosine) / 2.0 / sine + way.user.length / 2.0
            through = reach / max(way.time_at(along) - way.time_at(along - reach), 1e-3)
            passings.append((way, way.time_at(along - reach), way.time_at(along + reach), through))
        first, second = (0, 1) if passings[0][1] <= passings[1][1] else (1, 0)
        (leaves, since, left, _), (comes, at, _, through) = passings[first], passings[second]
        pet = max(0.0, at - left)
        if pet < LIKELY_S and np.isfinite(at) and (best is None or pet < best["pet"]):
            users = [one.user, two.user]
            # Who stands or creeps when he comes, or when the other does, gives way, however fast he was before or is later.
            # Who comes to its edge and stands there before he goes on gives way as well.
            paces = ((leaves, leaves.speed(min(left, at))), (comes, min(comes.speed(at), through)))
            slowest = min(v / (LEAST_MS["person"] if way.user.cls == "person" else DRIVES_MS) for way, v in paces)
            best = {"pet": pet, "at": at, "place": place_, "slowest": slowest, "sine": sine,
                    "users": (users[second].number, users[first].number), "classes": (users[second].cls, users[first].cls),
                    "since": since}
    return [best] if best else []


def _cause(kind: str, row: dict, due: bool) -> Cause:
    at = row["at"]
    cause = Cause(kind, at - 1.0, at + 4.0, at, row["users"], due=due, all_seen=True, least_visible=0.8)
    cause.note = {"pet": round(row["pet"], 2), "slowest": round(row["slowest"], 2)}
    return cause


def _sure(row: dict) -> bool:
    return row["pet"] < SURE_S and row["slowest"] > 1.4 and row["sine"] > SURE_SINE


def near_miss(look: Look) -> list[Cause]:
    """Every encounter: due below 0.35 s at 1.4 times the least speed and 40°, possible below 1.7 s."""
    return [_cause("near_miss", row, _sure(row)) for row in encounters(look.state) if row["slowest"] > 0.5]


def failure_to_yield(look: Look) -> list[Cause]:
    """The same of a motor vehicle and a person on a drawn crossing."""
    out = []
    for row in encounters(look.state):
        if "person" in row["classes"] and row["slowest"] > 0.5:
            depth = crossing_depth(row["place"], {z["id"] for z in look.plain["zone"]})
            if depth > -1.5:
                out.append(_cause("failure_to_yield", row, _sure(row) and depth > 0.5))
    return out


def crossing_depth(at: np.ndarray, zones: set[str]) -> float:
    """How far a place is inside a drawn crossing, metres."""
    best = -np.inf
    for arm in "NESW":
        if f"cross-{arm}" in zones:
            u, side = (float(v[0]) for v in place(arm, at[None]))
            half, cross = (HALF_NS, CROSS_NS) if arm in "NS" else (HALF_EW, CROSS_EW)
            best = max(best, min(2.5 - abs(u - cross), half + 1.0 - abs(side)))
    return best
