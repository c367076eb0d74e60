"""Reported incidents against true causes: what was found, how soon, what was false, what was told twice."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from streets.camera import Camera

from .happened import Cause
from .recording import START

NEAR = 9.0
"""An incident is about a cause whose road user is within this many metres (a vehicle's length, and some)."""

SLACK = 6.0
"""It may be told this many seconds after the cause is over: what is not seen to go is waited for."""


@dataclass
class Reported:
    """An incident's start."""

    kind: str
    start: float
    detected: float
    lane: str | None
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
        where = None
        if event.get("obj"):
            x1, _, x2, y2 = event["obj"][0]["box"]
            ground = camera.ground([[(x1 + x2) / 2 * camera.width, y2 * camera.height]])[0]
            where = None if np.isnan(ground).any() else (float(ground[0]), float(ground[1]))
        out.append(Reported(event["type"], _seconds(event["ts"]["event"]), _seconds(event["ts"]["detected"]), event.get("lane"), where))
    return out


def _about(incident: Reported, cause: Cause) -> bool:
    if incident.kind != cause.kind or not cause.start - 2.0 <= incident.detected <= cause.end + SLACK:
        return False
    if incident.place is None:
        return incident.lane == cause.lane
    moved = NEAR + 12.0 * (cause.kind == "wrong_way")
    return float(np.hypot(incident.place[0] - cause.place[0], incident.place[1] - cause.place[1])) <= moved or incident.lane == cause.lane


def match(kind: str, incidents: list[Reported], causes: list[Cause]) -> dict:
    """Figures of one rule over one recording; `late_s` is the time from when a cause could be confirmed until it was
    told, of the due causes found."""
    mine = [i for i in incidents if i.kind == kind]
    told = [[i for i in mine if _about(i, cause)] for cause in causes]
    due = [n for n, cause in enumerate(causes) if cause.due]
    explained = {id(i) for some in told for i in some}
    false = [i for i in mine if id(i) not in explained]
    return {
        "due": len(due), "found": sum(bool(told[n]) for n in due), "possible": len(causes) - len(due),
        "twice": sum(max(0, len(told[n]) - 1) for n in due),
        "late_s": [round(float(min(i.detected for i in told[n]) - causes[n].confirmable), 2) for n in due if told[n]],
        "missed": [vars(causes[n]) for n in due if not told[n]],
        "false": [vars(i) for i in false],
    }
