"""SUMO's state in columns: everybody at every step, for truths to be read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from streets import kinds, network
from streets.drawing import LANE_REACH
from streets.traffic import STEP, Record
from streets.world import STOP_EW, STOP_NS

from .lanes import Lane, lanes, place

LANES: list[Lane] = lanes()
CYCLES = ("bicycle", "motorcycle")


def stop_of(arm: str) -> float:
    """Distance of an arm's stop line from the centre, metres."""
    return STOP_NS if arm in "NS" else STOP_EW


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of true values, begin and end."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


@dataclass
class User:
    """One road user; the arrays run over consecutive steps from `first` on."""

    number: int
    """Its index in the record's tracks, as the camera's rows have it."""
    first: int
    cls: str
    length: float
    width: float
    xy: np.ndarray
    heading: np.ndarray
    speed: np.ndarray
    lane: np.ndarray
    """Index into LANES of its centre, −1 in none."""

    @property
    def motor(self) -> bool:
        """Whether it is a motor vehicle."""
        return self.cls not in ("person", "bicycle")

    @property
    def front(self) -> np.ndarray:
        """Middle of its front, metres."""
        return self.xy + self.length / 2.0 * np.column_stack([np.cos(self.heading), np.sin(self.heading)])

    @property
    def last(self) -> int:
        """The step after its last."""
        return self.first + len(self.xy)


class State:
    """Everybody of a record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.steps = record.steps
        self.users = [self._user(number, track) for number, track in enumerate(record.tracks) if len(track.xy) > 1]

    @staticmethod
    def _user(number: int, track) -> User:
        kind = kinds.BY_NAME[track.kind]
        return User(number, track.first, kind.cls, kind.length, kind.width, track.xy, track.heading, track.speed, lane_of(track.xy))

    @cached_property
    def red(self) -> dict[str, np.ndarray]:
        """By signal group of vehicles (`ns`, `ew`): for how many seconds it has been red at each step; 0 when it is not."""
        out = {}
        for group in ("ns", "ew"):
            red = np.array([letters[group] == "r" for letters in self.record.letters])
            since = np.zeros(len(red))
            for a, b in runs(red):
                since[a:b] = np.arange(1, b - a + 1) * STEP
            out[group] = since
        return out


def lane_of(xy: np.ndarray) -> np.ndarray:
    """Index into LANES of each point (n, 2), −1 in none."""
    out = np.full(len(xy), -1)
    for arm in network.ARMS:
        u, side = place(arm, xy)
        on = (u >= stop_of(arm)) & (u <= LANE_REACH)
        if on.any():
            for index, lane in enumerate(LANES):
                if lane.arm == arm:
                    out[on & (side >= lane.left) & (side < lane.right)] = index
    return out
