"""A true cause, and who of a camera's road users is well seen when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from streets.camera import Camera
from streets.traffic import STEP

from .seen import Rows
from .state import LANES, State, stop_of

LEAST_TALL = 0.03
"""Who is lower than this share of the frame is not judged; the rules are drawn with the same `min_box_height`."""
LEAST_DUE = 1.25 * LEAST_TALL
"""Who is lower than this is not asked for, though he may be told."""

SEEN_SHARE = 0.7
"""Who is due is well seen in this share of the frames."""

EDGE_FRAME, EDGE_BOX = 0.008, 0.08
"""How near to the frame's sides a box may be taken for one that is cut off: shares of the frame and of the box."""


@dataclass
class Cause:
    """Something that really happened; times in seconds.

    It is *due* where the rule must report it, and only *possible* where it is so near the rule's own threshold, or so
    badly seen, that neither reporting it nor leaving it out is a fault.
    """

    kind: str
    start: float
    end: float
    confirmable: float
    """When the rule's condition has held for its confirm time."""
    users: tuple[int, ...]
    """Numbers of the road users in the record, the one that causes it first."""
    lanes: tuple[str, ...] = ()
    """Of what is about lanes as a whole."""
    due: bool = True
    scripted: bool = False
    """Whether it was made to happen; all else SUMO's drivers and walkers did by themselves."""
    least_visible: float = 0.4
    """Share of it that must be visible for that it counts as well seen."""
    before_s: float = 0.5
    """From how long before its start it must be well seen."""
    all_seen: bool = False
    """Whether each of `users` must be well seen, not only the first."""
    note: dict = field(default_factory=dict)


class Look:
    """What one camera sees of a state."""

    def __init__(self, state: State, camera: Camera, plain: dict, rows: Rows, t: np.ndarray) -> None:
        self.state, self.camera, self.plain, self.t = state, camera, plain, t
        tall = (rows.box[:, 3] - rows.box[:, 1]) / camera.height
        # A box that ends as near to an edge of the frame as it errs may be cut off by it.
        margin = np.maximum(EDGE_FRAME * camera.width, EDGE_BOX * (rows.box[:, 2] - rows.box[:, 0]))
        whole = (rows.box[:, 0] > margin) & (rows.box[:, 2] < camera.width - margin)
        self._good = (rows.inside >= 0.99) & whole & (tall >= LEAST_DUE)
        self._visible = rows.visible
        order = np.argsort(rows.user, kind="stable")
        users, starts = np.unique(rows.user[order], return_index=True)
        self._parts = dict(zip(users.tolist(), np.split(order, starts[1:])))
        self._frame = rows.frame
        self.lines = {row["id"] for row in plain["line"]}
        self.lanes = {row["id"] for row in plain["lane"]}

    def good_share(self, user: int, start: float, end: float, visible: float = 0.4) -> float | None:
        """In which share of the frames of a time a road user is well seen; none when never in the picture."""
        mine = self._parts.get(user)
        if mine is None:
            return None
        first, last = np.searchsorted(self.t, [start, end])
        frames = self._frame[mine]
        during = mine[(frames >= first) & (frames < last)]
        if not len(during):
            return None
        return float((self._good[during] & (self._visible[during] >= visible)).sum()) / max(1, last - first)

    def lane_share(self, lane: str, start: float, end: float) -> float:
        """In which share of their frames the motor vehicles in a lane are well seen during a time; 0 when there are none."""
        index = next(number for number, one in enumerate(LANES) if one.id == lane)
        first, last = np.searchsorted(self.t, [start, end])
        well = every = 0
        for user in self.state.users:
            mine = self._parts.get(user.number)
            if mine is None or not user.motor:
                continue
            during = mine[(self._frame[mine] >= first) & (self._frame[mine] < last)]
            steps = np.round(self.t[self._frame[during]] / STEP).astype(int) - user.first
            here = during[user.lane[np.clip(steps, 0, len(user.lane) - 1)] == index]
            well, every = well + int((self._good[here] & (self._visible[here] >= 0.4)).sum()), every + len(here)
        return well / every if every else 0.0

    def extent(self, lane: str) -> tuple[float, float] | None:
        """From where to where a drawn lane reaches, metres from the centre."""
        row = next((row for row in self.plain["lane"] if row["id"] == lane), None)
        if row is None:
            return None
        ends = np.array([row["centre"][0], row["centre"][-1]]) * (self.camera.width, self.camera.height)
        arm = next(one.arm for one in LANES if one.id == lane)
        ground = self.camera.ground(ends)
        out = sorted(float(v) for v in np.abs(ground[:, 1 if arm in "NS" else 0]))
        return max(out[0], stop_of(arm)), out[1]


def sighted(causes: list[Cause], look: Look) -> list[Cause]:
    """Without causes out of the picture; those whose road users are seen well in less than SEEN_SHARE of the time until they
    are confirmed (and two seconds more) are not due."""
    out = []
    for cause in causes:
        if cause.lanes:
            out.append(cause)
            continue
        until = max(min(cause.end, cause.confirmable + 2.0), cause.start + 3 * STEP)
        asked = cause.users if cause.all_seen else cause.users[:1]
        shares = [look.good_share(user, cause.start - cause.before_s, until, cause.least_visible) for user in asked]
        if any(share is None for share in shares):
            # Who comes into the picture later, while it lasts, may be told of.
            cause.due = False
            if any(look.good_share(user, cause.start - cause.before_s, cause.end) is None for user in asked):
                continue
        cause.due = cause.due and all(share >= SEEN_SHARE for share in shares)
        out.append(cause)
    return out
