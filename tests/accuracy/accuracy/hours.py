"""One simulated hour after the other: traffic with incidents at random times, seen by five cameras through the noise
model, replayed by our program and compared with SUMO's state. A file per hour; what is done is skipped."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from . import counting, matching, sightings, traffic
from .edge import Edge
from .noise import Noise
from .sightings import Hour, Sighting
from .state import State

FPS = 5.0
SECONDS = 1800.0
FIRST_SEED, CALM_SEED = 5001, 50_001


def folder(work: Path, edge: Edge, noise: Noise) -> Path:
    """Where results of one program and one noise model lie."""
    return work / "rules" / f"{edge.version}-{hashlib.sha256(repr(noise).encode()).hexdigest()[:8]}"


def run(hour: Hour, edge: Edge, noise: Noise, work: Path) -> dict:
    """The result of an hour; from its file where it is done."""
    done = folder(work, edge, noise) / f"{hour.name}.json"
    if done.exists():
        return json.loads(done.read_text())
    began = time.process_time()
    seen = sightings.of(hour, noise, work)
    state, sighted_s = State(seen.record), time.process_time() - began
    result = {
        "hour": asdict(hour), "edge": edge.version, "noise": noise.name, "sighted_s": round(sighted_s, 1),
        "cameras": {name: _watch(name, sighting, state, edge) for name, sighting in seen.cameras.items()},
    }
    result["processor_s"] = round(time.process_time() - began + sum(c["replay_s"] for c in result["cameras"].values()), 1)
    done.parent.mkdir(parents=True, exist_ok=True)
    done.with_suffix(".part").write_text(json.dumps(result, default=float))
    done.with_suffix(".part").rename(done)
    return result


def _watch(name: str, sighting: Sighting, state: State, edge: Edge) -> dict:
    """What our program makes of what one camera has of an hour."""
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        sighting.lay(here)
        replay_s = edge.replay(here / "detections.jsonl", here / "scene.toml", here / "out", phases=here / "phases.jsonl")
        incidents = matching.reported(here / "out" / "events.jsonl", traffic.CAMERAS[name])
        lines = {row["id"] for row in sighting.plain["line"] if "stop-" not in row["id"]}
        passages = [row for row in counting.passages(here / "out" / "passages.jsonl") if row["line"] in lines]
        counts = counting.compare(state.record, passages, lines, sighting.poor)
        counts |= {"movements": counting.movements(state.record, here / "out" / "facts.jsonl", lines)}
    matcher = matching.Matcher(state)
    rules = {kind: matcher.match(kind, incidents, causes) for kind, causes in sighting.causes.items()}
    known = {"frames": sighting.frames, "detections": sighting.detections, "masks": sighting.masks}
    return {**known, "replay_s": replay_s, "rules": rules, **counts}


def plan(count: int, seconds: float, calm: int = 0, fps: float = FPS) -> list[Hour]:
    """The first `count` hours of the site, scripted and ordinary in turn, and `calm` more without scripts; seeds from FIRST_SEED
    on are for the report, those without scripts from CALM_SEED on."""
    mixed = [Hour(FIRST_SEED + n, seconds, fps, n % 2 == 0) for n in range(count)]
    return mixed + [Hour(CALM_SEED + n, seconds, fps, False) for n in range(calm)]


def run_all(some: list[Hour], edge: Edge, noise: Noise, work: Path, jobs: int) -> Iterator[tuple[Hour, dict]]:
    """Results of hours as they are done, by so many processes (SUMO is one to a process)."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        todo = {pool.submit(run, hour, edge, noise, work): hour for hour in some}
        for done in as_completed(todo):
            yield todo[done], done.result()


def gather(work: Path) -> dict[str, list[dict]]:
    """The results of the newest program, by noise model."""
    parts = sorted((work / "rules").glob("*-*"), key=lambda path: path.stat().st_mtime)
    if not parts:
        return {}
    newest = parts[-1].name.split("-")[0]
    out: dict[str, list[dict]] = {}
    for part in parts:
        for path in sorted(part.glob("*.json")) if part.name.startswith(newest) else ():
            result = json.loads(path.read_text())
            out.setdefault(result["noise"], []).append(result)
    return out
