"""One simulated hour after the other: traffic with incidents at random times, seen by four cameras through the noise
model, replayed by our program and compared with SUMO's state. A file per hour; what is done is skipped."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from streets.traffic import Record

from . import counting, drawn, drive, ghosts, happened, matching, recording, stage, traffic
from .cause import Look
from .edge import Edge
from .noise import Noise, detect, spots, strong_share
from .seen import see
from .state import State

FPS = 5.0
SECONDS = 1800.0
LOADS = (0.6, 0.9, 1.2)
CALM_SEED = 10_001
STRONG, MASKED = 0.45, 0.1
"""A thing that is taken for a road user with this score in more than this share of all frames, all day long, gets an
`ignore` zone, as whoever sets a camera up would draw it."""


@dataclass(frozen=True)
class Hour:
    """An hour of the site: its seed, length, analysed frames a second, and whether things are made to go wrong in it."""

    seed: int
    seconds: float
    fps: float
    scripted: bool

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.seed}-{self.seconds:.0f}-{self.fps:g}-{'scripted' if self.scripted else 'ordinary'}"


def simulate(hour: Hour) -> Record:
    """The hour's traffic. A script for which nobody could be found simply does not happen: what is an incident is read
    from the state afterwards."""
    todo = stage.plan(hour.seed, hour.seconds) if hour.scripted else []
    programme = traffic.Programme()
    director = stage.Stage(todo, programme)
    load = LOADS[hour.seed % len(LOADS)]
    demand = traffic.Drive(hour.seed, hour.seconds, load).demand
    record = drive.run(hour.seed, demand, programme, hour.seconds, director)
    stage.collide(record, director.crashes)
    ghosts.lay(record, [one for one in todo if isinstance(one, stage.GHOSTS)])
    return record


def folder(work: Path, edge: Edge, noise: Noise) -> Path:
    """Where results of one program and one noise model lie."""
    return work / "rules" / f"{edge.version}-{hashlib.sha256(repr(noise).encode()).hexdigest()[:8]}"


def run(hour: Hour, edge: Edge, noise: Noise, work: Path) -> dict:
    """The result of an hour; from its file where it is done."""
    done = folder(work, edge, noise) / f"{hour.name}.json"
    if done.exists():
        return json.loads(done.read_text())
    began = time.process_time()
    state = State(simulate(hour))
    simulated = time.process_time() - began
    result = {
        "hour": asdict(hour), "edge": edge.version, "noise": noise.name, "simulated_s": round(simulated, 1),
        "cameras": {name: _watch(hour, name, state, edge, noise) for name in traffic.CAMERAS},
    }
    result["processor_s"] = round(time.process_time() - began + sum(c["replay_s"] for c in result["cameras"].values()), 1)
    done.parent.mkdir(parents=True, exist_ok=True)
    done.with_suffix(".part").write_text(json.dumps(result, default=float))
    done.with_suffix(".part").rename(done)
    return result


def _watch(hour: Hour, name: str, state: State, edge: Edge, noise: Noise) -> dict:
    """What one camera made of an hour."""
    camera = traffic.CAMERAS[name]
    rng = np.random.default_rng([hour.seed, 4, list(traffic.CAMERAS).index(name)])
    t = traffic.times(hour.seconds, hour.fps, rng)
    rows = see(state.record, camera, t)
    things = spots(noise, camera.width, camera.height, rng)
    found = detect(noise, rows, t, camera.width, camera.height, rng, things)
    masks = [box for box, share in zip(things.box, strong_share(noise, things, STRONG)) if share > MASKED]
    plain, text = drawn.scene(camera, masks)
    look = Look(state, camera, plain, rows, t)
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        (here / "scene.toml").write_text(text)
        recording.write_detections(here / "detections.jsonl", (camera.width, camera.height), t, found)
        drawn.write_phases(here / "phases.jsonl", state.record)
        replay_s = edge.replay(here / "detections.jsonl", here / "scene.toml", here / "out", phases=here / "phases.jsonl")
        incidents = matching.reported(here / "out" / "events.jsonl", camera)
        passages, lines = counting.passages(here / "out" / "passages.jsonl"), {row["id"] for row in plain["line"] if "stop-" not in row["id"]}
        passages = [row for row in passages if row["line"] in lines]
        poor = counting.poor_lines(state.record, rows, t, camera.height)
        counts = counting.compare(state.record, passages, lines, poor) | {"movements": counting.movements(state.record, here / "out" / "facts.jsonl", lines)}
    matcher = matching.Matcher(state)
    rules = {kind: matcher.match(kind, incidents, causes) for kind, causes in happened.causes(look).items()}
    return {"frames": len(t), "detections": len(found), "replay_s": replay_s, "masks": len(masks), "rules": rules, **counts}


def plan(count: int, seconds: float, calm: int = 0, fps: float = FPS) -> list[Hour]:
    """The first `count` hours of the site, scripted and ordinary in turn, and `calm` more without scripts; seeds from 1001
    on are for the report, those without scripts from CALM_SEED on."""
    mixed = [Hour(1001 + n, seconds, fps, n % 2 == 0) for n in range(count)]
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
