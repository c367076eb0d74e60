"""The intersection as SUMO sees it: arms, lanes, connections, crossings and the signal programme.

The network is the single source of the road's geometry: the visible world (kerbs, markings, stop
lines) is built from the same compiled network, so that what is driven is what is drawn. The
centre of the junction is (0, 0), x grows to the east, y to the north, metres.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sumo

ARM_LENGTH = 170.0
"""Metres from the centre to the end of every arm."""

LANE_WIDTH = 3.5
SIDEWALK_WIDTH = 3.0
CROSSING_WIDTH = 4.0

ARMS = {"N": (0.0, 1.0), "E": (1.0, 0.0), "S": (0.0, -1.0), "W": (-1.0, 0.0)}
"""Unit vector from the centre along each arm."""

LANES = {"N": 2, "S": 2, "E": 3, "W": 3}
"""Traffic lanes on each side of an arm."""

STRAIGHT = {"N": "S", "S": "N", "E": "W", "W": "E"}
RIGHT = {"N": "W", "W": "S", "S": "E", "E": "N"}
LEFT = {"N": "E", "E": "S", "S": "W", "W": "N"}

SPEED = {"N": 13.9, "S": 13.9, "E": 16.7, "W": 16.7}
"""Speed limit of an arm, m/s."""


@dataclass(frozen=True)
class Programme:
    """Fixed-time signal programme of two stages: east-west, then north-south.

    Every stage is green, then `yellow`, then `all_red`; red-and-yellow lasts the last `pre` seconds
    before green. `offset` is how far into the cycle the clip's second 0 lies.
    """

    green_ew: float = 20.0
    green_ns: float = 18.0
    yellow: float = 3.0
    all_red: float = 2.0
    pre: float = 1.0
    walk_clear: float = 7.0
    offset: float = 0.0

    @property
    def cycle(self) -> float:
        """Length of the cycle in seconds."""
        return self.green_ew + self.green_ns + 2.0 * (self.yellow + self.all_red)


def binary(name: str) -> str:
    """Path of a SUMO program of the installed package."""
    return os.path.join(sumo.SUMO_HOME, "bin", name)


def _nodes() -> str:
    rows = ['<node id="C" x="0" y="0" type="traffic_light" radius="7"/>']
    for arm, (x, y) in ARMS.items():
        rows.append(f'<node id="{arm}" x="{x * ARM_LENGTH}" y="{y * ARM_LENGTH}" type="priority"/>')
    return "<nodes>" + "".join(rows) + "</nodes>"


def _edges() -> str:
    rows = []
    for arm in ARMS:
        common = (
            f'numLanes="{LANES[arm]}" speed="{SPEED[arm]}" width="{LANE_WIDTH}" '
            f'sidewalkWidth="{SIDEWALK_WIDTH}" priority="3"'
        )
        rows.append(f'<edge id="{arm}i" from="{arm}" to="C" {common}/>')
        rows.append(f'<edge id="{arm}o" from="C" to="{arm}" {common}/>')
    return "<edges>" + "".join(rows) + "</edges>"


def _connections() -> str:
    # Lane 0 of an edge with a sidewalk is the sidewalk, so traffic lanes count from 1.
    rows = []
    for arm in ARMS:
        n = LANES[arm]
        straight = range(1, n + 1) if n == 2 else range(1, n)
        for lane in straight:
            rows.append((f"{arm}i", f"{STRAIGHT[arm]}o", lane, lane))
        rows.append((f"{arm}i", f"{RIGHT[arm]}o", 1, 1))
        rows.append((f"{arm}i", f"{LEFT[arm]}o", n, LANES[LEFT[arm]]))
    text = "".join(
        f'<connection from="{a}" to="{b}" fromLane="{i}" toLane="{j}"/>' for a, b, i, j in rows
    )
    crossings = "".join(
        f'<crossing node="C" edges="{arm}i {arm}o" priority="true" width="{CROSSING_WIDTH}"/>'
        for arm in ARMS
    )
    return f"<connections>{text}{crossings}</connections>"


def build(folder: Path) -> Path:
    """Compile the network into `folder` and return the path of the `.net.xml`.

    Raises `subprocess.CalledProcessError` if netconvert refuses it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("nod", _nodes()), ("edg", _edges()), ("con", _connections())):
        (folder / f"site.{name}.xml").write_text(text)
    net = folder / "site.net.xml"
    subprocess.run(
        [
            binary("netconvert"),
            "-n", str(folder / "site.nod.xml"),
            "-e", str(folder / "site.edg.xml"),
            "-x", str(folder / "site.con.xml"),
            "-o", str(net),
            "--offset.disable-normalization", "true",
            "--no-turnarounds", "true",
            "--junctions.corner-detail", "6",
            "--junctions.limit-turn-speed", "6.5",
            "--tls.default-type", "static",
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "SUMO_HOME": sumo.SUMO_HOME},
    )
    return net


def stage_letters(programme: Programme, t: float) -> dict[str, str]:
    """What each signal group shows `t` seconds after the clip's start.

    Groups are `ns` and `ew` (vehicles: r, u, G, y) and `walk_ns`, `walk_ew` (persons who walk
    parallel to that street: r, G). `u` is red and yellow together.
    """
    p = programme
    s = (t + p.offset) % p.cycle
    ew_end = p.green_ew
    ns_start = ew_end + p.yellow + p.all_red
    ns_end = ns_start + p.green_ns
    if s < ew_end:
        ew, ns = "G", "r"
    elif s < ew_end + p.yellow:
        ew, ns = "y", "r"
    elif s < ns_start:
        ew, ns = "r", "u" if s >= ns_start - p.pre else "r"
    elif s < ns_end:
        ew, ns = "r", "G"
    elif s < ns_end + p.yellow:
        ew, ns = "r", "y"
    else:
        ew, ns = ("u" if s >= p.cycle - p.pre else "r"), "r"
    walk_ew = "G" if s < ew_end - p.walk_clear else "r"
    walk_ns = "G" if ns_start <= s < ns_end - p.walk_clear else "r"
    return {"ew": ew, "ns": ns, "walk_ew": walk_ew, "walk_ns": walk_ns}


CROSSING_ARM = {":C_c0": "N", ":C_c1": "E", ":C_c2": "S", ":C_c3": "W"}
"""The arm that each crossing of the compiled network leads across."""


def link_states(links: list, letters: dict[str, str]) -> str:
    """The SUMO state string for TraCI's `getControlledLinks` and the letters of the groups.

    Turning streams get a permissive green: they yield to what goes straight and to persons.
    """
    out = []
    for group in links:
        origin, target, _ = group[0]
        if origin.startswith(":"):
            out.append(_crossing_letter(target, letters))
            continue
        arm, to = origin[0], target[0]
        letter = letters["ns" if arm in "NS" else "ew"]
        if letter == "G" and to != STRAIGHT[arm]:
            letter = "g"
        out.append(letter)
    return "".join(out)


def _crossing_letter(target: str, letters: dict[str, str]) -> str:
    # Who crosses the north or south arm walks east-west, beside the traffic of that street.
    arm = CROSSING_ARM[target.rsplit("_", 1)[0]]
    return letters["walk_ew" if arm in "NS" else "walk_ns"]
