"""Ghosts: who drives against the flow or too fast, or walks on the carriageway, laid over a finished record where nobody
is in the way, since SUMO's drivers would not give way to them."""

from __future__ import annotations

from functools import partial

import numba
import numpy as np
from streets import kinds, network, script
from streets.traffic import Record, Track

from . import stage

GAP_M = {"sedan": 1.2, "person": 0.5}
WINDOW_S = {"sedan": 120.0, "person": 14.0}
"""So long before or after its time a ghost may be laid; a car must wait longer until a lane is free."""


class Others:
    """Everybody of a record, step by step."""

    def __init__(self, record: Record) -> None:
        step = np.concatenate([np.arange(t.first, t.last) for t in record.tracks])
        order = np.argsort(step, kind="stable")
        size = np.concatenate([np.tile([kinds.BY_NAME[t.kind].length, kinds.BY_NAME[t.kind].width], (len(t.xy), 1)) for t in record.tracks])
        self.rows = np.column_stack([
            np.concatenate([t.xy for t in record.tracks]), np.concatenate([t.heading for t in record.tracks]), size
        ])[order]
        self.starts = np.searchsorted(step[order], np.arange(record.steps + 1))


@numba.njit(cache=True)
def _free(xy, heading, length, width, first, rows, starts, margin):  # pragma: no cover (compiled)
    """Whether a body on this course keeps `margin` to everybody: bodies as three circles along their length."""
    for i in range(len(xy)):
        step = first + i
        if step < 0 or step + 1 >= len(starts):
            continue
        for j in range(starts[step], starts[step + 1]):
            dx, dy = rows[j, 0] - xy[i, 0], rows[j, 1] - xy[i, 1]
            if dx * dx + dy * dy > 196.0:
                continue
            for a in range(-2, 3):
                own = a * 0.5 * max(0.0, (length - width) / 2.0)
                for b in range(-2, 3):
                    other = b * 0.5 * max(0.0, (rows[j, 3] - rows[j, 4]) / 2.0)
                    ex = dx + other * np.cos(rows[j, 2]) - own * np.cos(heading[i])
                    ey = dy + other * np.sin(rows[j, 2]) - own * np.sin(heading[i])
                    if np.sqrt(ex * ex + ey * ey) < width / 2.0 + rows[j, 4] / 2.0 + margin:
                        return False
    return True


def lay(record: Record, ghosts: list) -> list[tuple[object, str]]:
    """Lays each ghost at the moment nearest to its own at which its course is free, and tells who it is by name; those that
    find none are left out."""
    others, laid = Others(record), []
    for number, ghost in enumerate(ghosts):
        fits = lambda first: True  # noqa: E731
        if isinstance(ghost, stage.Speeder):
            kind, courses, fits = "sedan", [ghost.course()], partial(ghost.green, record)
        elif isinstance(ghost, script.WrongWay):
            kind, courses = "sedan", [script._wrong_way_course(ghost, v) for v in (ghost.speed, ghost.speed - 1.0, ghost.speed + 1.5)]
        else:
            kind, courses = "person", [script._person_course(ghost)]
        track = _place(record, others, f"ghost{number}", kind, courses, ghost.at, fits)
        if track is not None:
            laid.append((ghost, track.name))
            record.tracks.append(track)
            if isinstance(ghost, script.WrongWay):
                record.routes[track.name] = (ghost.origin, ghost.arm)
            if isinstance(ghost, stage.Speeder):
                record.routes[track.name] = (ghost.arm, network.STRAIGHT[ghost.arm])
    return laid


def _place(record: Record, others: Others, name: str, kind: str, courses, at: float, fits) -> Track | None:
    body = kinds.BY_NAME[kind]
    for offset in sorted(np.arange(-WINDOW_S[kind], WINDOW_S[kind], 0.4), key=abs):
        first = round((at + offset) / script.STEP)
        for xy, heading, way in courses:
            if first < 0 or first + len(xy) > record.steps or not fits(first):
                continue
            if _free(xy, heading, body.length, body.width, first, others.rows, others.starts, GAP_M[kind]):
                speed = np.gradient(way) / script.STEP
                number = max(track.id for track in record.tracks) + 1
                return Track(number, name, kind, first, xy, heading, speed, np.zeros(len(xy), np.uint8), way)
    return None
