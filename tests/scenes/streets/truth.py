"""The truth beside a clip, in the contract's shape (`contract/src/truth.rs`)."""

from __future__ import annotations

import math

from . import counts, kinds
from .picture import Seen
from .script import Happening
from .traffic import STEP, Record
from .world import on_roadway

PHASES = {"r": "stop-and-remain", "u": "pre-movement", "G": "permissive-movement-allowed", "y": "permissive-clearance"}
WALK_PHASES = {"r": "stop-and-remain", "G": "protected-movement-allowed"}
GROUPS = {"ns": 0, "ew": 1, "walk_ns": 2, "walk_ew": 3}
"""Signal groups from a clip's first on: vehicles north-south and east-west, persons parallel to each."""

FULLY_HIDDEN = 0.97
"""Road users hidden more than this are left out: nobody could see them."""


def user(seen: Seen) -> dict:
    """One road user in one frame, rounded to what the numbers are worth."""
    x, y, heading, speed = seen.state[:4]
    box = [round(min(1.0, max(0.0, float(v))), 4) for v in seen.visible]
    full = [round(float(v), 4) for v in seen.full]
    out = {"id": seen.track.id, "class": kinds.BY_NAME[seen.track.kind].cls, "box": box}
    if max(abs(a - b) for a, b in zip(box, full)) > 0.0021:
        out["full"] = full
    if seen.occlusion > 0.02:
        out["occlusion"] = round(seen.occlusion, 2)
    out["road"] = [round(float(x), 2), round(float(y), 2)]
    out["heading_deg"] = round(math.degrees(heading) % 360.0, 1)
    out["speed_kmh"] = round(float(speed) * 3.6, 1)
    return out


def frame(t: float, found: list[Seen]) -> dict:
    """One frame's truth."""
    return {"t": round(t, 3), "objects": [user(s) for s in found if s.occlusion < FULLY_HIDDEN]}


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value


def compact(row: dict) -> dict:
    """A frame as it is written: numbers without idle digits, and of persons on pavements only their boxes.

    Those persons are most of what is in a street's picture, and no rule asks where and how they walk; the
    frames of the rendering keep it all.
    """
    out = {"t": _short(row["t"]), "objects": []}
    for full in row["objects"]:
        kept = dict(full)
        if kept["class"] == "person" and not on_roadway(*kept["road"]):
            del kept["road"], kept["heading_deg"], kept["speed_kmh"]
        else:
            kept["heading_deg"], kept["speed_kmh"] = round(kept["heading_deg"]) % 360, _short(kept["speed_kmh"])
            kept["road"] = [_short(v) for v in kept["road"]]
        out["objects"].append(kept)
    return out


def phases(record: Record, first_group: int) -> list[dict]:
    """Changes of the signals, the first state of each group at 0."""
    out, last = [], {}
    for k, letters in enumerate(record.letters):
        for name, letter in letters.items():
            if last.get(name) != letter:
                table = WALK_PHASES if name.startswith("walk") else PHASES
                out.append({"t": round(k * STEP, 2), "g": first_group + GROUPS[name], "s": table[letter]})
                last[name] = letter
    return out


def incidents(happenings: list[Happening], record: Record) -> list[dict]:
    """Scripted incidents."""
    number = {t.name: t.id for t in record.tracks}
    out = []
    for h in happenings:
        row = {"type": h.kind, "start_t": round(h.start, 1), "end_t": round(min(h.end, record.seconds), 1)}
        if h.lane:
            row["lane"] = h.lane
        row["objects"] = [number[name] for name in h.names]
        out.append(row)
    return out


def whole(clip: str, size: tuple[int, int], fps: float, frames: list[dict], lines: list[dict], record: Record,
          happenings: list[Happening], camera: dict, first_group: int) -> dict:
    """Everything that is true of a clip; `camera` is kept beside as an extra key.

    Nothing is counted once the camera was turned: its lines lie elsewhere then.
    """
    turned = min((h.start for h in happenings if h.kind == "camera_moved"), default=math.inf)
    found = counts.count([row for row in frames if row["t"] < turned], lines, size)
    return {
        "v": 1, "clip": clip, "size": list(size), "fps": fps, "duration_s": round(len(frames) / fps, 3),
        "frames": [compact(row) for row in frames],
        "counts": counts.by_line(found), "movements": counts.by_movement(found),
        "incidents": incidents(happenings, record), "phases": phases(record, first_group), "camera": camera,
    }
