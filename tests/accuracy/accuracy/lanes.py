"""The site's lanes in metres, as `streets.drawing` draws them: who is in which, and how far along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from streets import network
from streets.drawing import LANE_REACH, WAIT_REACH
from streets.world import STOP_EW, STOP_NS


@dataclass(frozen=True)
class Lane:
    """A straight strip of an arm; `inward` traffic drives towards the centre."""

    id: str
    arm: str
    inward: bool
    near: float
    """Distance of its inner end (the stop line) from the centre, metres."""
    left: float
    right: float
    """Metres to the right of looking outward."""

    @property
    def heading(self) -> float:
        """Direction of traffic, radians."""
        ax, ay = network.ARMS[self.arm]
        return float(np.arctan2(-ay, -ax) if self.inward else np.arctan2(ay, ax))

    def inside(self, xy: np.ndarray) -> np.ndarray:
        """Whether points (n,2) lie in it."""
        out, side = place(self.arm, xy)
        return (out >= self.near) & (out <= LANE_REACH) & (side >= self.left) & (side <= self.right)

    def waits(self, out: np.ndarray) -> np.ndarray:
        """Whether a row may lawfully stand there, `out` metres from the centre."""
        return (out <= WAIT_REACH) & self.inward


def place(arm: str, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metres out on an arm, and to the right of looking outward."""
    ax, ay = network.ARMS[arm]
    return xy[:, 0] * ax + xy[:, 1] * ay, xy[:, 0] * ay - xy[:, 1] * ax


def lanes() -> list[Lane]:
    """All lanes of the site."""
    out = []
    for arm in network.ARMS:
        near = STOP_NS if arm in "NS" else STOP_EW
        for side, inward in (("in", True), ("out", False)):
            for number in range(1, network.LANES[arm] + 1):
                outer = (network.LANES[arm] - number + 1) * network.LANE_WIDTH
                ends = sorted((outer, outer - network.LANE_WIDTH)) if not inward else sorted((-outer, network.LANE_WIDTH - outer))
                out.append(Lane(f"{arm}-{side}{number}", arm, inward, near, *ends))
    return out
