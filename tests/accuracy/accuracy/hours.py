"""One simulated camera-hour after the other: traffic with incidents at random times, seen through the noise model,
replayed by our program and compared with SUMO's state. A folder per hour; what is done is skipped."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from streets import drawing, script
from streets.traffic import Record

from . import counting, happened, matching, recording, traffic
from .edge import Edge
from .noise import Noise, detect
from .seen import see

FPS = 10.0
RULES = """
[[rule]]
id = "stopped"
type = "stopped_vehicle"
ver = 1
severity = "high"

[[rule]]
id = "wrong-way"
type = "wrong_way"
ver = 1
severity = "critical"
"""


@dataclass(frozen=True)
class Hour:
    """A recording: its seed, camera, length and whether things go wrong in it."""

    seed: int
    camera: str
    seconds: float
    scripted: bool

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"{self.camera}-{self.seed}-{self.seconds:.0f}-{'scripted' if self.scripted else 'ordinary'}"


def scripts(hour: Hour) -> tuple[script.Scripted, ...]:
    """What goes wrong, drawn from the seed: a breakdown and a wrong-way drive about every four minutes, on the arms
    that the camera sees."""
    rng = np.random.default_rng([hour.seed, 3])
    arms = {"south": "NS", "west": "EW", "north": "NS", "east-low": "EW"}[hour.camera]
    out: list[script.Scripted] = []
    for begin in np.arange(30.0, hour.seconds - 100.0, 240.0):
        arm = rng.choice(list(arms))
        lane = int(rng.integers(1, 3))
        out.append(script.StoppedCar(begin + rng.uniform(0.0, 40.0), float(rng.uniform(25.0, 80.0)), str(arm), lane, float(rng.uniform(28.0, 42.0))))
        side = {"N": "E", "S": "W", "E": "S", "W": "N"}[str(arm)]
        out.append(script.WrongWay(begin + rng.uniform(120.0, 200.0), side, str(arm), lane, float(rng.uniform(5.0, 9.0))))
    return tuple(out)


def simulate(hour: Hour, cache: Path) -> Record:
    """The hour's traffic. A script for which nobody could be found simply does not happen: what is an incident is read
    from the state afterwards."""
    import pickle

    if cache.exists():
        return pickle.loads(cache.read_bytes())
    todo = scripts(hour) if hour.scripted else ()
    steered = tuple(s for s in todo if not isinstance(s, script.WrongWay))
    programme = traffic.Programme()
    director = script.Director(steered, programme)
    load = (0.6, 0.9, 1.2)[hour.seed % 3]
    drive = traffic.Drive(hour.seed, hour.seconds, load)
    record = traffic.traffic.run(hour.seed, drive.demand, programme, hour.seconds, director)
    for ghost in (s for s in todo if isinstance(s, script.WrongWay)):
        try:
            script.happen(record, (ghost,), script.Director((), programme))
        except script.NoRoom:
            pass
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.with_suffix(".part")
    part.write_bytes(pickle.dumps(record))
    part.rename(cache)
    return record


def scene_of(camera) -> tuple[dict, str]:
    """The scene as an operator would draw it, plain and as TOML."""
    plain = drawing.scene(camera) | {"rule": []}
    return plain, drawing.toml(plain, "Drawn from the camera's true calibration.") + RULES


def run(hour: Hour, edge: Edge, noise: Noise, work: Path) -> dict:
    """The result of an hour; from its folder where it is done."""
    folder = work / "hours" / hour.name
    done = folder / "result.json"
    if done.exists():
        return json.loads(done.read_text())
    began, camera = time.process_time(), traffic.CAMERAS[hour.camera]
    record = simulate(hour, folder / "traffic.pickle")
    rng = np.random.default_rng([hour.seed, 4])
    t = traffic.times(hour.seconds, FPS, rng)
    rows = see(record, camera, t)
    found = detect(noise, rows, t, camera.width, camera.height, rng)
    plain, text = scene_of(camera)
    (folder / "scene.toml").write_text(text)
    recording.write_detections(folder / "detections.jsonl", (camera.width, camera.height), t, found)
    edge.replay(folder / "detections.jsonl", folder / "scene.toml", folder / "out")
    incidents = matching.reported(folder / "out" / "events.jsonl", camera)
    passages, lines = counting.passages(folder / "out" / "passages.jsonl"), {row["id"] for row in plain["line"]}
    result = {
        "hour": asdict(hour), "edge": edge.version, "frames": len(t), "detections": len(found),
        "rules": {
            kind: matching.match(kind, incidents, happened.require_sight(truth(record), rows, t, camera.height))
            for kind, truth in happened.TRUTHS.items()
        },
        **counting.compare(record, passages, lines),
        "movements": counting.movements(record, folder / "out" / "facts.jsonl", lines),
        "processor_s": round(time.process_time() - began, 1),
    }
    for name in ("traffic.pickle", "detections.jsonl"):
        (folder / name).unlink(missing_ok=True)
    done.write_text(json.dumps(result))
    return result


def plan(count: int, seconds: float) -> list[Hour]:
    """The first `count` recordings: cameras in turn, scripted and ordinary in turn."""
    names = list(traffic.CAMERAS)
    return [Hour(1001 + n, names[(n // 2) % len(names)], seconds, n % 2 == 0) for n in range(count)]
