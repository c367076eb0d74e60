"""Reported incidents against true causes: what was found, how soon, what was false, what was told twice."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from streets.camera import Camera
from streets.traffic import STEP

from .cause import Cause
from .recording import START
from .state import State

NEAR_M = 8.0
"""An incident is about a cause whose road user was within this at that time (a vehicle's length, and some)."""

SLACK_S = 8.0
"""It may be told so long after the cause is over: what is not seen to go is waited for."""

EARLY_S = 3.0


@dataclass
class Reported:
    """An incident's start."""

    kind: str
    start: float
    detected: float
    lane: str | None
    rule: str
    cls: str | None
    place: tuple[float, float] | None


def _seconds(stamp: str) -> float:
    parse = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))  # noqa: E731
    return (parse(stamp) - parse(START)).total_seconds()


def reported(path: Path, camera: Camera) -> list[Reported]:
    """The starts in `events.jsonl`; the place is where the first object touches the road."""
    out = []
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if event.get("phase") != "start":
            continue
        where, cls = None, None
        if event.get("obj"):
            x1, _, x2, y2 = event["obj"][0]["box"]
            cls = event["obj"][0]["class"]
            ground = camera.ground([[(x1 + x2) / 2 * camera.width, y2 * camera.height]])[0]
            where = None if np.isnan(ground).any() else (round(float(ground[0]), 1), round(float(ground[1]), 1))
        times = _seconds(event["ts"]["event"]), _seconds(event["ts"]["detected"])
        out.append(Reported(event["type"], *times, event.get("lane"), event["rule"]["id"], cls, where))
    return out


class Matcher:
    """Tells which cause an incident is about."""

    def __init__(self, state: State) -> None:
        self._users = {user.number: user for user in state.users}

    def about(self, incident: Reported, cause: Cause) -> bool:
        """Whether an incident is about a cause: in time, and where one of its road users then was."""
        if not cause.start - EARLY_S <= incident.detected <= cause.end + SLACK_S:
            return False
        if cause.lanes:
            return incident.lane in cause.lanes
        return any(self._distance(incident, user) <= NEAR_M for user in cause.users)

    def _distance(self, incident: Reported, number: int) -> float:
        """How near the incident's place was to a road user's, between its two times."""
        user = self._users.get(number)
        if user is None or incident.place is None:
            return np.inf
        a = round((min(incident.start, incident.detected) - 1.0) / STEP) - user.first
        b = round((incident.detected + 1.0) / STEP) - user.first
        path = user.xy[max(a, 0):max(b, 1)]
        return float(np.hypot(*(path - incident.place).T).min()) if len(path) else np.inf

    def match(self, kind: str, incidents: list[Reported], causes: list[Cause]) -> dict:
        """Figures of one rule over one recording; `late_s` is the time from when a cause could be confirmed until it was
        told, of the due causes found."""
        mine = [i for i in incidents if i.kind == kind]
        told = [[i for i in mine if self.about(i, cause)] for cause in causes]
        due = [n for n, cause in enumerate(causes) if cause.due]
        explained = {id(i) for some in told for i in some}
        late = [min(i.detected for i in told[n]) - causes[n].confirmable for n in due if told[n]]
        return {
            "due": len(due), "found": len(late), "possible": len(causes) - len(due), "told": len(mine),
            "kinds": self._kinds(causes, due, told),
            "scripted": [sum(causes[n].scripted for n in due), sum(causes[n].scripted and bool(told[n]) for n in due)],
            "twice": self._twice(mine, causes, told), "late_s": [round(float(s), 2) for s in late],
            "missed": [asdict(causes[n]) for n in due if not told[n]],
            "false": [vars(i) for i in mine if id(i) not in explained],
        }

    @staticmethod
    def _kinds(causes: list[Cause], due: list[int], told: list[list[Reported]]) -> dict[str, list[int]]:
        """How many causes of each kind were due, and how many of them were found."""
        out: dict[str, list[int]] = {}
        for n in due:
            if "kind" in causes[n].note:
                row = out.setdefault(causes[n].note["kind"], [0, 0])
                row[0], row[1] = row[0] + 1, row[1] + bool(told[n])
        return out

    @staticmethod
    def _twice(mine: list[Reported], causes: list[Cause], told: list[list[Reported]]) -> int:
        """Incidents that are about nothing but a cause, due or not, that another was about already."""
        shares: dict[int, int] = {}
        about = [[n for n, some in enumerate(told) if any(i is incident for i in some)] for incident in mine]
        # Those that can be about fewer causes go first.
        for index in sorted(range(len(mine)), key=lambda index: len(about[index])):
            if about[index]:
                nearest = min(about[index], key=lambda n: (shares.get(n, 0), abs(causes[n].confirmable - mine[index].detected)))
                shares[nearest] = shares.get(nearest, 0) + 1
        return sum(count - 1 for n, count in shares.items() if causes[n].due)
