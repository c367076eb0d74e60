"""What an operator would draw on the picture: lines, lanes, zones, legs, calibration and rules.

Everything is drawn on the road in metres and projected, so the scene file is as exact as the camera.
The scene is the contract's scene type; `toml` writes it as people would.
"""

from __future__ import annotations

import numpy as np

from . import network
from .camera import Camera
from .world import CORNER, CROSS_EW, CROSS_NS, HALF_EW, HALF_NS, STOP_EW, STOP_NS

LINE_NS, LINE_EW = 15.2, 12.3
"""Distance of the counting lines from the centre: just inside the crossings, where nobody waits."""

VEHICLES = ["car", "van", "bus", "truck", "motorcycle", "bicycle", "vehicle"]
INBOUND = {"N": "southbound", "E": "westbound", "S": "northbound", "W": "eastbound"}
NAMES = {"N": "north arm", "E": "east arm", "S": "south arm", "W": "west arm"}
LEAST_CAR = 38.0
"""Where a car looks smaller than this (root of its box's area, px) nobody would count."""

LANE_REACH = 60.0
WAIT_REACH = 48.0


def along(arm: str, u: float, v: float) -> tuple[float, float]:
    """The point u metres out on an arm and v to the right of looking outward."""
    ax, ay = network.ARMS[arm]
    return u * ax + v * ay, u * ay - v * ax


def line_ends(arm: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """The counting line of an arm on the road, a to b, so that inbound is from left to right."""
    ns = arm in "NS"
    u = LINE_NS if ns else LINE_EW
    half, other = (HALF_NS, HALF_EW) if ns else (HALF_EW, HALF_NS)
    # The kerb's curve is wider than the road here.
    reach = half + CORNER - np.sqrt(max(0.0, CORNER**2 - (other + CORNER - u) ** 2)) + 0.3
    return along(arm, u, -reach), along(arm, u, reach)


def clip_polygon(points: np.ndarray) -> np.ndarray:
    """The part of a polygon (n,2) inside 0..1 of the frame."""
    p = np.asarray(points, float)
    for axis in (0, 1):
        for limit, sign in ((0.0, 1.0), (1.0, -1.0)):
            rows = []
            for a, b in zip(p, np.roll(p, -1, axis=0)):
                da, db = sign * (a[axis] - limit), sign * (b[axis] - limit)
                if da >= 0:
                    rows.append(a)
                if (da > 0 > db) or (da < 0 < db):
                    rows.append(a + (b - a) * da / (da - db))
            p = np.array(rows)
            if len(p) < 3:
                return np.zeros((0, 2))
    keep = [i for i in range(len(p)) if np.linalg.norm(p[i] - p[i - 1]) > 2e-4]
    return p[keep]


class Drawing:
    """Projects road drawings into one camera's frame."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera

    def points(self, road) -> np.ndarray:
        """Road points (n,2) in 0..1 of the frame."""
        road = np.asarray(road, float)
        return self.camera.frame(np.column_stack([road, np.zeros(len(road))]))

    def polygon(self, corners) -> np.ndarray:
        """A road polygon, its edges followed closely, clipped to the frame."""
        corners = np.asarray(corners, float)
        depth = self.camera.project(np.column_stack([corners, np.zeros(len(corners))]))[:, 2]
        if (depth < 1.0).any():
            return np.zeros((0, 2))
        return clip_polygon(self.points(corners))

    def strip(self, arm: str, u1: float, u2: float, v1: float, v2: float) -> np.ndarray:
        """A rectangle on an arm, cut back until all of it lies before the camera."""
        while u2 > u1 + 3.0:
            shape = self.polygon([along(arm, u1, v1), along(arm, u2, v1), along(arm, u2, v2), along(arm, u1, v2)])
            if len(shape):
                return shape
            u2 -= 1.0
        return np.zeros((0, 2))

    def centre(self, arm: str, u1: float, u2: float, v: float, inward: bool) -> np.ndarray:
        """The seen part of a lane's centre line, in the direction of traffic."""
        us = np.arange(u1, u2, 0.5)
        p = self.points([along(arm, u, v) for u in us])
        depth = self.camera.project([(*along(arm, u, v), 0.0) for u in us])[:, 2]
        keep = (depth > 1.0) & (p >= 0.0).all(1) & (p <= 1.0).all(1)
        p = p[keep]
        if len(p) < 2:
            return np.zeros((0, 2))
        picks = p[np.linspace(0, len(p) - 1, 3).astype(int)]
        return picks[::-1] if inward else picks


def lanes(drawing: Drawing) -> list[dict]:
    """All lanes that are seen over at least a few metres."""
    out = []
    for arm in network.ARMS:
        stop = STOP_NS if arm in "NS" else STOP_EW
        for side, inward in (("in", True), ("out", False)):
            for lane in range(1, network.LANES[arm] + 1):
                outer = (network.LANES[arm] - lane + 1) * network.LANE_WIDTH
                v1, v2 = (outer, outer - network.LANE_WIDTH)
                if inward:
                    v1, v2 = -v1, -v2
                shape = drawing.strip(arm, stop, LANE_REACH, v1, v2)
                centre = drawing.centre(arm, stop, LANE_REACH, (v1 + v2) / 2, inward)
                if len(shape) >= 3 and len(centre) >= 2 and np.ptp(shape, axis=0).max() > 0.03:
                    out.append({"id": f"{arm}-{side}{lane}", "polygon": shape, "centre": centre, "live": True, "leg": arm})
    return out


def zones(drawing: Drawing, exit_queues: tuple[str, ...] = ()) -> list[dict]:
    """Waiting areas before the stop lines (and on `exit_queues`), crossings, and the roadway of the junction."""
    out = []
    for arm in exit_queues:
        half, stop = (HALF_NS, STOP_NS) if arm in "NS" else (HALF_EW, STOP_EW)
        out.append({"id": f"wait-{arm}-out", "kind": "waiting", "polygon": drawing.strip(arm, stop - 1.0, LANE_REACH, 0.0, half)})
    for arm in network.ARMS:
        ns = arm in "NS"
        half, stop, cross = (HALF_NS, STOP_NS, CROSS_NS) if ns else (HALF_EW, STOP_EW, CROSS_EW)
        for name, kind, shape in (
            (f"wait-{arm}", "waiting", drawing.strip(arm, stop - 1.0, WAIT_REACH, -half, 0.0)),
            (f"cross-{arm}", "crosswalk", drawing.strip(arm, cross - 2.5, cross + 2.5, -half - 1.0, half + 1.0)),
        ):
            if len(shape) >= 3:
                out.append({"id": name, "kind": kind, "polygon": shape})
    junction = drawing.polygon([(HALF_NS, HALF_EW), (-HALF_NS, HALF_EW), (-HALF_NS, -HALF_EW), (HALF_NS, -HALF_EW)])
    out.append({"id": "junction", "kind": "carriageway", "polygon": junction})
    return out


def car_size(camera: Camera, arm: str) -> float:
    """How large a car looks on an arm's counting line: the root of its box's area in pixels."""
    ends = np.array(line_ends(arm))
    middle, along_arm = ends.mean(0), np.array(network.ARMS[arm])
    across = np.array([along_arm[1], -along_arm[0]])
    corners = [(*(middle + u * 2.3 * along_arm + v * 0.9 * across), z) for u in (-1, 1) for v in (-1, 1) for z in (0.0, 1.45)]
    return float(np.sqrt(np.prod(np.ptp(camera.project(corners)[:, :2], axis=0))))


def lines(drawing: Drawing, exit_queues: tuple[str, ...] = ()) -> list[dict]:
    """The counting lines whose both ends are in the frame, near enough to count on, and on which no queue stands."""
    out = []
    for arm in network.ARMS:
        if arm in exit_queues:
            continue
        a, b = drawing.points(line_ends(arm))
        seen = (np.r_[a, b] >= 0.0).all() and (np.r_[a, b] <= 1.0).all()
        if seen and car_size(drawing.camera, arm) >= LEAST_CAR:
            back = INBOUND[network.STRAIGHT[arm]]
            out.append({"id": arm, "a": a, "b": b, "forward": INBOUND[arm], "backward": back, "band": 0.25, "classes": VEHICLES})
    return out


def scene(camera: Camera, exit_queues: tuple[str, ...] = ()) -> dict:
    """The whole scene as plain values in the contract's shape."""
    drawing = Drawing(camera)
    drawn = lines(drawing, exit_queues)
    marks = [(u, v) for u in (-24.0, -12.3, 0.0, 12.3) for v in (-15.2, 0.0, 15.2, 34.0)]
    inside = []
    for x, y in marks:
        p = drawing.points([(x, y)])[0]
        if (p >= 0.0).all() and (p <= 1.0).all():
            inside.append({"image": p, "road": (x, y)})
    return {
        "v": 1, "geo": (74.6122, 42.8756), "line": drawn, "lane": lanes(drawing), "zone": zones(drawing, exit_queues),
        "leg": [
            {"id": arm, "name": NAMES[arm], "inbound": {"line": arm, "dir": "forward"}, "outbound": {"line": arm, "dir": "backward"}}
            if any(row["id"] == arm for row in drawn) else {"id": arm, "name": NAMES[arm]}
            for arm in network.ARMS
        ],
        "calibration": {"unit": "metres", "points": inside},
        "rule": [
            {"id": "stopped", "type": "stopped_vehicle", "ver": 1, "severity": "high"},
            {"id": "wrong-way", "type": "wrong_way", "ver": 1, "severity": "critical"},
        ],
    }


def _value(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value) if isinstance(value, int) else f"{round(float(value), 5)}"


def toml(plain: dict, heading: str) -> str:
    """The scene as TOML."""
    rows = [f"# {line}" for line in heading.splitlines()] + [f"v = {plain['v']}", f"geo = {_value(plain['geo'])}"]
    for kind in ("line", "lane", "zone", "leg"):
        for item in plain[kind]:
            rows += ["", f"[[{kind}]]"] + [f"{key} = {_value(value)}" for key, value in item.items()]
    rows += ["", "[calibration]", f'unit = "{plain["calibration"]["unit"]}"', "points = ["]
    rows += [f"    {_value(point)}," for point in plain["calibration"]["points"]] + ["]"]
    for rule in plain["rule"]:
        rows += ["", "[[rule]]"] + [f"{key} = {_value(value)}" for key, value in rule.items()]
    return "\n".join(rows) + "\n"
