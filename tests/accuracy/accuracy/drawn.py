"""The scene in which rules are tried: that of tests/scenes, with every rule that simulated traffic can try.

Stop lines, a no-stopping zone and solid markings are drawn in addition, and phases are told as the site would.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
from streets import drawing, network
from streets.camera import Camera
from streets.drawing import Drawing, along
from streets.traffic import Record
from streets.world import HALF_EW, HALF_NS

from . import recording
from .cause import LEAST_TALL
from .state import stop_of

GROUPS = {"ns": 1, "ew": 2}
LIMIT_KMH = {"ns": 50.0, "ew": 60.0}
TOLERANCE_KMH = 5.0
NO_STOPPING = (28.0, 50.0)
"""Metres from the centre between which stopping in the kerb lane of an exit is forbidden."""
MAX_STAY_S = 60.0
NO_LEFT = ("N", "S")
"""From these arms nobody may turn left, and in ordinary traffic nobody does."""
SOLID = (21.0, 45.0)
"""Metres from the centre between which the lanes of an approach are parted by a solid line."""
MARK_M = 25.0
"""Back from an exit's drawn end: a queue longer than this spills back."""
WORDS = {"r": "stop-and-remain", "u": "pre-movement", "G": "permissive-movement-allowed", "y": "permissive-clearance"}
STEP_S = 0.1


def group(arm: str) -> str:
    """The signal group of an arm's vehicles."""
    return "ns" if arm in "NS" else "ew"


def seen(camera: Camera, points) -> bool:
    """Whether road points (n, 2) all lie before the camera and in its frame."""
    points = np.asarray(points, float)
    p = camera.project(np.column_stack([points, np.zeros(len(points))]))
    inside = (p[:, 0] >= 0) & (p[:, 0] <= camera.width) & (p[:, 1] >= 0) & (p[:, 1] <= camera.height)
    return bool((inside & (p[:, 2] > 1.0)).all())


def _stop_lines(draw: Drawing) -> list[dict]:
    out = []
    for arm in network.ARMS:
        half = HALF_NS if arm in "NS" else HALF_EW
        ends = [along(arm, stop_of(arm), -half), along(arm, stop_of(arm), 0.0)]
        if seen(draw.camera, ends):
            a, b = draw.points(ends)
            out.append({"id": f"stop-{arm}", "a": a, "b": b, "forward": "in", "backward": "out", "band": 0.25})
    return out


def _no_stopping(draw: Drawing) -> list[dict]:
    out = []
    for arm in network.ARMS:
        half = HALF_NS if arm in "NS" else HALF_EW
        shape = draw.strip(arm, *NO_STOPPING, half - network.LANE_WIDTH, half)
        if len(shape) >= 3 and np.ptp(shape, axis=0).max() > 0.03:
            out.append({"id": f"no-stopping-{arm}", "kind": "no_stopping", "polygon": shape})
    return out


def _markings(draw: Drawing) -> list[dict]:
    out = []
    for arm in network.ARMS:
        for number in range(1, network.LANES[arm]):
            ends = [along(arm, u, -number * network.LANE_WIDTH) for u in SOLID]
            if seen(draw.camera, ends):
                out.append({"id": f"solid-{arm}{number}", "path": draw.points(ends), "forbidden": "both"})
    return out


def _calibration(draw: Drawing) -> list[dict]:
    """Exact points on both kerbs of every arm, out to where lanes are drawn, and in the middle."""
    road = [(0.0, 0.0)]
    for arm in network.ARMS:
        half = HALF_NS if arm in "NS" else HALF_EW
        road += [along(arm, u, v) for u in (11.0, 24.0, 40.0, drawing.LANE_REACH) for v in (-half, half)]
    return [{"image": draw.points([point])[0], "road": point} for point in road if seen(draw.camera, [point])]


def _rules(plain: dict) -> list[dict]:
    lanes, lines = [row["id"] for row in plain["lane"]], {row["id"] for row in plain["line"]}
    rules = [
        {"id": "stopped", "type": "stopped_vehicle"},
        {"id": "wrong-way", "type": "wrong_way"},
        {"id": "on-road", "type": "pedestrian_on_road", "lanes": lanes, "zones": ["junction"]},
        {"id": "congestion", "type": "congestion"},
        {"id": "near-miss", "type": "near_miss"},
        {"id": "yield", "type": "failure_to_yield"},
    ]
    exits = [name for name in lanes if "-out" in name]
    if exits:
        rules.append({"id": "spillback", "type": "queue_spillback", "lanes": exits, "mark_m": MARK_M})
    if any(zone["kind"] == "no_stopping" for zone in plain["zone"]):
        rules.append({"id": "no-stopping", "type": "illegal_stop", "max_stay_s": MAX_STAY_S})
    if plain["marking"]:
        rules.append({"id": "solid", "type": "lane_violation"})
    for arm in network.ARMS:
        if f"stop-{arm}" in lines:
            number = GROUPS[group(arm)]
            rules.append({"id": f"red-{arm}", "type": "red_light", "lines": [f"stop-{arm}"], "group": number})
            rules.append({"id": f"stop-line-{arm}", "type": "stop_line", "lines": [f"stop-{arm}"], "group": number})
        if arm in NO_LEFT and {arm, network.LEFT[arm]} <= lines:
            rules.append({"id": f"no-left-{arm}", "type": "illegal_turn", "lines": [arm], "to": [network.LEFT[arm]]})
    for name, arms in (("ns", "NS"), ("ew", "EW")):
        mine = [lane for lane in lanes if lane[0] in arms]
        if mine:
            rules.append({"id": f"speed-{name}", "type": "speeding", "lanes": mine, "limit_kmh": LIMIT_KMH[name], "tolerance_kmh": TOLERANCE_KMH})
    return [{"ver": 1, "severity": "medium", "min_box_height": LEAST_TALL} | rule for rule in rules]


def _ignored(camera: Camera, box) -> np.ndarray:
    """A zone around the contact point of a box (4) px, 0..1 of the frame."""
    x, y, wide, tall = (box[0] + box[2]) / 2, box[3], max(box[2] - box[0], 16.0) * 0.6, max(box[3] - box[1], 16.0) * 0.3
    corners = np.array([(x - wide, y - tall), (x + wide, y - tall), (x + wide, y + tall), (x - wide, y + tall)])
    return np.clip(corners / (camera.width, camera.height), 0.0, 1.0)


def scene(camera: Camera, masks: list) -> tuple[dict, str]:
    """The scene, plain and as TOML; around the contact points of `masks` (boxes, px) nothing is looked at."""
    draw, plain = Drawing(camera), drawing.scene(camera)
    plain["line"] = plain["line"] + _stop_lines(draw)
    ignored = [{"id": f"ignored-{n}", "kind": "ignore", "polygon": _ignored(camera, box)} for n, box in enumerate(masks)]
    plain["zone"] = plain["zone"] + _no_stopping(draw) + ignored
    plain["marking"] = _markings(draw)
    plain["rule"] = _rules(plain)
    plain["calibration"]["points"] = _calibration(draw)
    text = drawing.toml(plain | {"rule": []}, "Drawn from the camera's true calibration.")
    for kind in ("marking", "rule"):
        for item in plain[kind]:
            text += "\n".join(["", f"[[{kind}]]"] + [f"{key} = {drawing._value(value)}" for key, value in item.items()]) + "\n"
    return plain, text


def write_phases(path: Path, record: Record) -> None:
    """What the signals showed, told on every change and each second."""
    import datetime

    start = datetime.datetime.fromisoformat(recording.START.replace("Z", "+00:00"))
    stamp = lambda s: (start + datetime.timedelta(seconds=s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: E731
    since = {name: 0.0 for name in GROUPS}
    before, number = None, 0
    with path.open("wb") as file:
        for step, letters in enumerate(record.letters):
            shown = {name: letters[name] for name in GROUPS}
            changed = before is not None and shown != before
            if not changed and step % 10:
                continue
            t = step * STEP_S
            for name in GROUPS:
                if before is not None and shown[name] != before[name]:
                    since[name] = t
            rows = [{"g": g, "s": WORDS[shown[name]], "since": stamp(since[name])} for name, g in GROUPS.items()]
            file.write(orjson.dumps({"v": 1, "site": "SIM", "seq": number, "ts": stamp(t), "src": "simulated", "err_ms": 50.0, "mode": "normal", "groups": rows}) + b"\n")
            before, number = shown, number + 1
