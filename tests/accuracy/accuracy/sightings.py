"""What there is to be seen of a simulated hour: the traffic, what each camera's detector says of it, and what is true of
it. None of that depends on our program, so it is kept: another program on the same hours costs only its replays."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streets
from streets.traffic import Record

from . import counting, drawn, drive, ghosts, happened, recording, stage, traffic
from .brought import Brought
from .cause import Cause, Look
from .noise import Noise, detect, spots, strong_share
from .seen import see
from .state import State

LOADS = (0.6, 0.9, 1.2)
STRONG, MASKED = 0.45, 0.1
"""A thing that is taken for a road user with this score in more than this share of all frames, all day long, gets an
`ignore` zone, as whoever sets a camera up would draw it."""
AFTERWARDS = {"__main__", "detector", "edge", "fit", "hours", "intervals", "matching", "peers", "plots", "report", "scores", "tracking"}
"""Our modules on which no sighting depends."""


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


@dataclass
class Sighting:
    """What one camera has of an hour: the files for our program (compressed), and what they are judged by."""

    frames: int
    detections: int
    masks: int
    plain: dict
    """The scene, as a table."""
    files: dict[str, bytes]
    causes: dict[str, list[Cause]]
    poor: set[tuple[str, bool]]
    """Lines and directions that are not well seen."""

    def lay(self, folder: Path) -> None:
        """Writes `detections.jsonl`, `scene.toml` and `phases.jsonl` into a folder."""
        for name, packed in self.files.items():
            (folder / name).write_bytes(zlib.decompress(packed))


@dataclass
class Sightings:
    """An hour and what its cameras have of it."""

    record: Record
    cameras: dict[str, Sighting]


def simulate(hour: Hour) -> tuple[Record, Brought]:
    """The hour's traffic, and what its scripts brought about. A script for which nobody could be found simply does not happen: what is an incident is read
    from the state afterwards."""
    todo = stage.plan(hour.seed, hour.seconds) if hour.scripted else []
    programme = traffic.Programme()
    director = stage.Stage(todo, programme)
    load = LOADS[hour.seed % len(LOADS)]
    demand = replace(traffic.Drive(hour.seed, hour.seconds, load).demand, no_left=drawn.NO_LEFT)
    record = drive.run(hour.seed, demand, programme, hour.seconds, director)
    stage.collide(record, director.crashes)
    brought = Brought(director.steered, [one for one in todo if isinstance(one, stage.Crawl)])
    brought.add(ghosts.lay(record, [one for one in todo if isinstance(one, stage.GHOSTS)]))
    return record, brought


def _sight(hour: Hour, name: str, state: State, brought: Brought, noise: Noise) -> Sighting:
    """What one camera has of an hour."""
    camera = traffic.CAMERAS[name]
    rng = np.random.default_rng([hour.seed, 4, list(traffic.CAMERAS).index(name)])
    t = traffic.times(hour.seconds, hour.fps, rng)
    rows = see(state.record, camera, t)
    things = spots(noise, camera.width, camera.height, rng)
    found = detect(noise, rows, t, camera.width, camera.height, rng, things)
    masks = [box for box, share in zip(things.box, strong_share(noise, things, STRONG)) if share > MASKED]
    plain, text = drawn.scene(camera, masks)
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        (here / "scene.toml").write_text(text)
        recording.write_detections(here / "detections.jsonl", (camera.width, camera.height), t, found)
        drawn.write_phases(here / "phases.jsonl", state.record)
        files = {path.name: zlib.compress(path.read_bytes(), 1) for path in here.iterdir()}
    causes = happened.causes(Look(state, camera, plain, rows, t))
    brought.mark(causes, state)
    poor = counting.poor_lines(state.record, rows, t, camera.height)
    return Sighting(len(t), len(found), len(masks), plain, files, causes, poor)


def of(hour: Hour, noise: Noise, work: Path) -> Sightings:
    """What there is to be seen of an hour; from its file where these tools and this noise model made it already."""
    kept = work / "sightings" / _version(noise) / f"{hour.name}.pickle"
    if kept.exists():
        return pickle.loads(zlib.decompress(kept.read_bytes()))
    record, brought = simulate(hour)
    state = State(record)
    made = Sightings(record, {name: _sight(hour, name, state, brought, noise) for name in traffic.CAMERAS})
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_bytes(zlib.compress(pickle.dumps(made), 1))
    part.rename(kept)
    return made


def _version(noise: Noise) -> str:
    """Changes with the noise and with every module that has to do with what is seen, or true."""
    ours = [path for path in Path(__file__).parent.glob("*.py") if path.stem not in AFTERWARDS]
    parts = sorted([*ours, *Path(streets.__file__).parent.glob("*.py")])
    text = repr(noise).encode() + b"".join(path.name.encode() + path.read_bytes() for path in parts)
    return hashlib.sha256(text).hexdigest()[:12]
