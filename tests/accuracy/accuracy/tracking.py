"""The tracker against its peers on the same detections: simulated traffic, KITTI truth, two MOT15 clips.

A *cell* is one sequence: a source, an analysed rate and a seed. Its scores are kept in the work folder under a hash
of the detections and of the tracker, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Callable, Iterator

import numpy as np

from . import intervals, peers, recording, scores, traffic
from .edge import Edge
from .noise import Noise, detect
from .recording import Sequence
from .seen import Rows, see

RATES = (5.0, 8.0, 10.0, 15.0, 30.0)
SECONDS = 30.0
EVALUATION = tuple(range(101, 111))
"""Seeds of the report; whoever tunes the tracker uses others (1 to 99)."""

LOADS = (0.7, 1.0, 1.4, 1.8)
OURS = "ours"
PEER_VERSION = f"trackers {metadata.version('trackers')}"
SCENE = "v = 1\n"
"""Nothing drawn: only the tracker is asked."""


@dataclass
class Cell:
    """A sequence, and everybody who is there beside those who count."""

    source: str
    seed: int
    sequence: Sequence
    everybody: Rows


def simulated(seed: int, fps: float, noise: Noise, work: Path, seconds: float = SECONDS, source: str = "simulated") -> Cell:
    """Some traffic seen by one of the cameras, in turn; the load varies with the seed."""
    camera = list(traffic.JUNCTION)[seed % len(traffic.JUNCTION)]
    drive = traffic.Drive(seed, seconds, LOADS[(seed // len(traffic.JUNCTION)) % len(LOADS)])
    record, _ = traffic.record(drive, work / "traffic" / f"{seed}-{seconds:.0f}.pickle")
    rng = np.random.default_rng([seed, round(fps * 10), 1])
    t = traffic.times(seconds, fps, rng)
    view = traffic.JUNCTION[camera]
    rows = see(record, view, t)
    found = detect(noise, rows, t, view.width, view.height, rng)
    size = (view.width, view.height)
    name = f"{source}-{camera}-{seed}-{fps:g}"
    return Cell(source, seed, Sequence(name, size, fps, t, found, recording.fair(rows, view.height)), rows)


def kitti(folder: Path, seed: int, fps: float, noise: Noise) -> Iterator[Cell]:
    """KITTI's sequences (a moving camera at 10 fps) under the noise model; at 5 fps every second frame."""
    step = round(10.0 / fps)
    for path in sorted(folder.glob("*.txt")):
        rows, frames = recording.kitti(path)
        rows = rows.pick(rows.frame % step == 0)
        rows.frame = rows.frame // step
        t = np.arange(0, frames, step) / 10.0
        rng = np.random.default_rng([seed, int(path.stem), round(fps * 10), 2])
        found = detect(noise, rows, t, *recording.KITTI_SIZE, rng)
        truth = recording.fair(rows, recording.KITTI_SIZE[1])
        yield Cell("KITTI", seed, Sequence(f"kitti-{path.stem}-{seed}-{fps:g}", recording.KITTI_SIZE, fps, t, found, truth), rows)


def mot15(folder: Path) -> Iterator[Cell]:
    """The two pedestrian clips, with their public detections as they are."""
    for name in ("TUD-Campus", "TUD-Stadtmitte"):
        sequence = recording.mot(folder / name, (640, 480), 25.0)
        yield Cell("MOT15", 0, sequence, sequence.truth)


Tracker = Callable[[Cell], recording.Tracked]


def trackers(edge: Edge, work: Path) -> dict[str, tuple[str, Tracker]]:
    """All trackers by name: what identifies their version, and how they are run."""
    def ours(cell: Cell) -> recording.Tracked:
        return edge.track(cell.sequence, SCENE, work / "ours")

    table: dict[str, tuple[str, Tracker]] = {OURS: (edge.version, ours)}
    for name in peers.PEERS:
        table[name] = (PEER_VERSION, lambda cell, name=name: peers.track(name, cell.sequence))
    return table


def _digest(cell: Cell, version: str) -> str:
    found, hasher = cell.sequence.found, hashlib.sha256(f"{version} {cell.seed}".encode())
    for column in (cell.sequence.t, found.frame, found.score, found.box, cell.sequence.truth.box):
        hasher.update(np.ascontiguousarray(column).tobytes())
    return hasher.hexdigest()[:16]


def judge(cell: Cell, name: str, version: str, tracker: Tracker, work: Path) -> dict[str, float]:
    """The scores of a tracker on a cell, from the work folder where they are known."""
    kept = work / "scores" / f"{cell.sequence.name}-{name.replace(' ', '-').replace(',', '')}-{_digest(cell, version)}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    tracked = scores.drop_ignored(cell.sequence, cell.everybody, tracker(cell))
    out = scores.score(cell.sequence, tracked) | {
        "tracker": name, "version": version, "source": cell.source, "fps": cell.sequence.fps, "seed": cell.seed,
        "sequence": cell.sequence.name,
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(out))
    return out


def combine(rows: list[dict[str, float]]) -> dict[str, float]:
    """The mean over sequences of one seed; identity switches are added."""
    out = {name: float(np.mean([row[name] for row in rows])) for name in scores.NAMES}
    out["IDSW"] = float(sum(row["IDSW"] for row in rows))
    return out


Table = dict[tuple[str, float], dict[str, dict[int, dict[str, float]]]]
"""By source and rate, by tracker, by seed: scores."""


def evaluate(cells: Iterator[Cell], table: dict[str, tuple[str, Tracker]], work: Path, say=print) -> None:
    """Judges trackers on cells; the scores lie in the work folder then, and what is known is not judged again."""
    for cell in cells:
        for name, (version, tracker) in table.items():
            judge(cell, name, version, tracker, work)
        say(f"tracking: {cell.sequence.name}")


def gather(work: Path, versions: dict[str, str]) -> Table:
    """What is known so far of the given versions of the trackers; seeds that not all trackers have are left out."""
    gathered: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for path in sorted((work / "scores").glob("*.json")):
        row = json.loads(path.read_text())
        if versions.get(row["tracker"]) == row["version"]:
            gathered[row["source"], row["fps"]][row["tracker"]][row["seed"]].append(row)
    out: Table = {}
    for key, by_name in gathered.items():
        whole = max(len(rows) for seeds in by_name.values() for rows in seeds.values())
        complete = {name: {s for s, rows in seeds.items() if len(rows) == whole} for name, seeds in by_name.items()}
        common = set.intersection(*complete.values()) if OURS in complete else set()
        if common:
            out[key] = {name: {s: combine(seeds[s]) for s in sorted(common)} for name, seeds in by_name.items()}
    return out


def summary(table: Table, measure: str) -> list[dict]:
    """Per source and rate: the mean of every tracker, and ours less each peer's with the 95 % half-width of that
    difference over the seeds (paired: the same detections)."""
    out = []
    for (source, fps), by_name in sorted(table.items()):
        seeds = sorted(by_name[OURS])
        row = {"source": source, "fps": fps, "seeds": len(seeds), "means": {}, "ahead": {}}
        for name, by_seed in by_name.items():
            row["means"][name] = intervals.mean([by_seed[s][measure] for s in seeds])
            if name != OURS:
                row["ahead"][name] = intervals.mean([by_name[OURS][s][measure] - by_seed[s][measure] for s in seeds])
        out.append(row)
    return out
