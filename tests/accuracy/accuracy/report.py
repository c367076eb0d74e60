"""docs/accuracy.md: what was measured, under which conditions, and what was not."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np

from . import intervals, plots, tracking
from .hours import FPS
from .peers import PEERS

TARGETS = """| source of truth | rules |
|---|---|
| simulated traffic, SUMO's state (tables above) | stopped_vehicle, wrong_way |
| simulated traffic, SUMO's state (script exists, not measured yet) | pedestrian_on_road, red_light, queue_spillback |
| simulated traffic, SUMO's state (no script yet) | stop_line, congestion, illegal_stop, speeding |
| simulated traffic, SUMO's conflicts (not measured yet) | failure_to_yield, near_miss, illegal_turn, lane_violation |
| drawn sequences in the tests of `pipelines` (not measured here) | crash_suspected, crowd, loitering |
| pictures in the tests of `edge-agent`, drawn and real (not measured here) | debris_suspected, camera_blind, camera_moved; `tests/e2e/cameras.rs` tries camera_frozen |
| none | smoke_fire_suspected: not offered |
"""


def _number(pair: tuple[float, float], signed: bool = False) -> str:
    value, half = pair
    text = f"{value:+.1f}" if signed else f"{value:.1f}"
    return text if not np.isfinite(half) else f"{text} ± {half:.1f}"


def _versions(scores: Path) -> dict[str, str]:
    """The newest version of each tracker of which scores are kept."""
    out: dict[str, str] = {}
    for path in sorted(scores.glob("*.json"), key=lambda p: p.stat().st_mtime):
        row = json.loads(path.read_text())
        out[row["tracker"]] = row["version"]
    return out


def _tracking(work: Path, pictures: Path) -> str:
    table = tracking.gather(work, _versions(work / "scores"))
    if not table:
        return "Not measured.\n"
    out = []
    for measure in ("HOTA", "IDF1", "MOTA"):
        rows = tracking.summary(table, measure)
        names = [n for n in (tracking.OURS, *PEERS) if any(n in row["means"] for row in rows)]
        out += [f"### {measure}, per cent", "", "| source | fps | seeds | " + " | ".join(names) + " |", "|---" * (3 + len(names)) + "|"]
        for row in rows:
            cells = []
            for name in names:
                cell = _number(row["means"][name]) if name in row["means"] else "–"
                if name in row["ahead"] and row["seeds"] > 1:
                    cell += f" ({_number(row['ahead'][name], signed=True)})"
                cells.append(cell)
            out.append(f"| {row['source']} | {row['fps']:g} | {row['seeds']} | " + " | ".join(cells) + " |")
        out += [""]
    plots.trackers(tracking.summary(table, "HOTA"), pictures / "trackers.svg")
    out += ["![HOTA by analysed rate](images/accuracy/trackers.svg)", "", _verdict(table), ""]
    return "\n".join(out)


def _verdict(table: tracking.Table) -> str:
    behind, even, ahead = [], 0, 0
    for measure in ("HOTA", "IDF1"):
        for row in tracking.summary(table, measure):
            if row["source"] == "MOT15" or row["seeds"] < 2:
                continue
            for name, (gap, half) in row["ahead"].items():
                if gap + half < 0:
                    behind.append(f"{measure}, {row['source']} at {row['fps']:g} fps: {name} by {-gap:.1f}")
                ahead, even = ahead + (gap - half > 0), even + (abs(gap) <= half)
    text = f"Ours is ahead beyond the interval in {ahead} comparisons (HOTA and IDF1), within it in {even}, behind beyond it in {len(behind)}"
    return text + (": " + "; ".join(behind) + "." if behind else ".")


def _hours(work: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted((work / "hours").glob("*/result.json"))]


def _rules(results: list[dict]) -> str:
    if not results:
        return "Not measured.\n"
    days = sum(r["hour"]["seconds"] for r in results) / 86400.0
    ordinary = sum(r["hour"]["seconds"] for r in results if not r["hour"]["scripted"]) / 86400.0
    out = [
        f"{len(results)} recordings, {24 * days:.2f} camera-hours ({days:.4f} camera-days, {ordinary:.4f} of them of ordinary traffic); "
        "the goal is 30, and the bounds say how far that is.", "",
        "| rule | due | found | 95 % interval | told twice | false alarms | per camera-day (upper 95 % bound) | median time after it could be confirmed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in sorted({k for r in results for k in r["rules"]}):
        rows = [r["rules"][kind] for r in results]
        due, found = sum(r["due"] for r in rows), sum(r["found"] for r in rows)
        false, late = sum(len(r["false"]) for r in rows), [s for r in rows for s in r["late_s"]]
        low, high = intervals.share(found, due)
        out.append(
            f"| {kind} | {due} | {found} | {100 * low:.0f}–{100 * high:.0f} % | {sum(r['twice'] for r in rows)} | {false} | "
            f"{false / days:.0f} ({intervals.rate_bound(false, days):.0f}) | {f'{np.median(late):+.1f} s' if late else 'none found'} |"
        )
    return "\n".join(out) + "\n"


def _counts(results: list[dict], pictures: Path) -> str:
    rows = [row for r in results for row in r["counts"]]
    errors = np.array([e for r in results for e in r["speed_errors_kmh"]])
    ways = [row for r in results for row in r["movements"]]
    out = ["| quantity | ours against SUMO | from |", "|---|---|---|"]
    sumo = sum(row["sumo"] for row in rows)
    if sumo:
        wrong = sum(abs(row["ours"] - row["sumo"]) for row in rows)
        out.append(f"| count per line, direction and 15 minutes | {100 * (1 - wrong / sumo):.1f} % right (1 − Σ\\|difference\\| / Σ) | {sumo} vehicles in {len(rows)} bins |")
    moved = sum(row["sumo"] for row in ways)
    if moved:
        wrong = sum(abs(row["ours"] - row["sumo"]) for row in ways)
        out.append(f"| movements between drawn lines | {100 * (1 - wrong / moved):.1f} % right | {moved} vehicles |")
    if len(errors):
        out.append(
            f"| speed at a line | mean error {np.abs(errors).mean():.2f}, median {np.median(np.abs(errors)):.2f}, "
            f"95 % under {np.percentile(np.abs(errors), 95):.2f}, bias {errors.mean():+.2f} km/h | {len(errors)} passages |"
        )
        plots.speeds(errors, pictures / "speeds.svg")
        out += ["", "![Speed errors](images/accuracy/speeds.svg)"]
    return "\n".join(out) + "\n" if len(out) > 2 else "Not measured.\n"


def write(work: Path, noise: Path, pictures: Path) -> str:
    """The page; `remarks.md` in the work folder, if there, stands among the conditions."""
    pictures.mkdir(parents=True, exist_ok=True)
    how, results = tomllib.loads(noise.read_text())["fit"]["how"], _hours(work)
    remarks = (work / "remarks.md").read_text() if (work / "remarks.md").exists() else ""
    return f"""# Accuracy

Made by `./kerege bench accuracy` (tests/accuracy); do not edit by hand. What is not in a table was not measured.

## Conditions

- Simulated traffic: the four-arm signalised intersection of tests/scenes, driven by SUMO, seen by one of four exact
  pinhole cameras (1280×720). Road users are cuboids on flat ground; no lens, no rain on the glass, no parked cars, no
  trees. Real streets are harder.
- The detector is the noise model in `tests/accuracy/accuracy/noise.py` with `{noise.name}`: {how}. It misses in runs,
  shakes, confuses classes and sees boxes of nothing. `noise-yolox-nano.toml` holds the same model fitted to YOLOX-Nano on
  rendered frames, a much weaker detector of such pictures (it finds 27 % of the road users there).
- Frames come jittered (15 % of their spacing) and 2 % are dropped.
- KITTI: the truth of 11 sequences (a moving camera, 10 fps) under the same noise model. MOT15: the two pedestrian clips
  with their public detections; reported only.
{remarks}
## Tracking

Same detections for all. In brackets: ours less that peer, with the 95 % interval over seeds (paired). Peers are those of
the package `trackers`, with the analysed rate and the capture times given, run with our score thresholds (as published
they confirm and keep far less of these detections).

{_tracking(work, pictures)}
## Rules

At {FPS:g} analysed frames per second. What is an incident is read from SUMO's state, not from the script: a cause is *due*
when it holds for 1.4 times the rule's own time and is well seen.

{_rules(results)}
## Counts, movements, speeds

{_counts(results, pictures)}
## Where the truth of each rule comes from

{TARGETS}"""
