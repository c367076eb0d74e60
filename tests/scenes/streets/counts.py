"""Counts by the contract's definition, and what SUMO itself counted.

A line counts a road user once per direction when the bottom centre of its (whole) box has gone from
beyond one edge of the band around the line to beyond the other, its path has cut the line between its
ends, and it has travelled at least its own box's length. Geometry is in square pixels.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .traffic import Record


@dataclass(frozen=True)
class Crossing:
    """One counted passage; `forward` is from the line's left to its right."""

    t: float
    line: str
    forward: bool
    user: int
    cls: str


def _side(a, b, p) -> float:
    """Signed distance of p from the line through a and b in pixels; right of it (seen in the picture) is positive."""
    d = b - a
    return float((d[0] * (p[1] - a[1]) - d[1] * (p[0] - a[0])) / np.hypot(*d))


def _cuts(a, b, p, q) -> float | None:
    """Where (0..1 of p→q) a step cuts the segment a→b, or None."""
    r, s = q - p, b - a
    den = r[0] * s[1] - r[1] * s[0]
    if abs(den) < 1e-12:
        return None
    f = ((a[0] - p[0]) * s[1] - (a[1] - p[1]) * s[0]) / den
    g = ((a[0] - p[0]) * r[1] - (a[1] - p[1]) * r[0]) / den
    return f if 0.0 <= f <= 1.0 and 0.0 <= g <= 1.0 else None


def crossings(path: list[tuple[float, np.ndarray, np.ndarray]], line: dict, size: tuple[int, int]) -> list[tuple[float, bool]]:
    """Counted crossings (time, forward) of one road user's path: rows of time, anchor and box in pixels."""
    a, b = np.asarray(line["a"]) * size, np.asarray(line["b"]) * size
    out: list[tuple[float, bool]] = []
    done: set[bool] = set()
    side = 0
    cut: float | None = None
    travelled, last = 0.0, None
    for t, anchor, box in path:
        band = line["band"] * (box[3] - box[1])
        if last is not None:
            travelled += float(np.hypot(*(anchor - last[1])))
            f = _cuts(a, b, last[1], anchor)
            if f is not None:
                cut = last[0] + f * (t - last[0])
        d = _side(a, b, anchor)
        now = 0 if abs(d) < band else (1 if d > 0 else -1)
        if now and side and now != side:
            forward = now > 0
            length = max(box[2] - box[0], box[3] - box[1])
            if cut is not None and travelled >= min(length, 2.0 * band + length * 0.5) and forward not in done:
                done.add(forward)
                out.append((cut, forward))
            cut = None
        elif now and now == side:
            cut = None
        side = now or side
        last = (t, anchor)
    return out


def count(frames: list[dict], lines: list[dict], size: tuple[int, int]) -> list[Crossing]:
    """All counted crossings of a clip's truth frames, in order of time."""
    paths: dict[int, list] = defaultdict(list)
    classes: dict[int, str] = {}
    unit = np.array([*size, *size], float)
    for frame in frames:
        for user in frame["objects"]:
            box = np.asarray(user.get("full") or user["box"]) * unit
            paths[user["id"]].append((frame["t"], np.array([(box[0] + box[2]) / 2, box[3]]), box))
            classes[user["id"]] = user["class"]
    out = []
    for number, path in paths.items():
        for line in lines:
            if line["classes"] and classes[number] not in line["classes"]:
                continue
            for t, forward in crossings(path, line, size):
                out.append(Crossing(t, line["id"], forward, number, classes[number]))
    return sorted(out, key=lambda c: c.t)


def by_line(found: list[Crossing]) -> list[dict]:
    """Counts by line, direction and class in the contract's shape."""
    table: dict[tuple[str, bool], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for c in found:
        table[c.line, c.forward][c.cls] += 1
    return [
        {"line": line, "dir": "forward" if forward else "backward", "classes": dict(sorted(classes.items()))}
        for (line, forward), classes in sorted(table.items(), key=lambda row: (row[0][0], not row[0][1]))
    ]


def by_movement(found: list[Crossing]) -> list[dict]:
    """Counts by movement: each road user's first to its last line."""
    lines: dict[int, list[Crossing]] = defaultdict(list)
    for c in found:
        lines[c.user].append(c)
    table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rows in lines.values():
        if len(rows) > 1:
            table[f"{rows[0].line}>{rows[-1].line}"][rows[0].cls] += 1
    return [{"movement": name, "classes": dict(sorted(classes.items()))} for name, classes in sorted(table.items())]


def sumo_counts(record: Record, first: float, last: float) -> dict[tuple[str, bool], set[str]]:
    """Names of the vehicles that SUMO's own detectors saw on each arm, inbound (True) or outbound."""
    table: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for p in record.passings:
        if first <= p.t <= last:
            table[p.detector[0], p.detector[1] == "i"].add(p.name)
    return table
