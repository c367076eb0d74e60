"""Makes one clip: traffic, still world, frames one by one, film and truth.

Everything is written into one folder and each frame is two files, a picture and its truth, so that an
interrupted rendering goes on where it stopped. A folder made from other settings is refused.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import pickle
from pathlib import Path
from typing import Callable

from . import counts, drawing, encode, truth
from .camera import Camera
from .catalogue import Spec
from .moods import MOODS
from .script import CameraTurned, Director, Happening, happen
from .traffic import Record, run

EPOCH = datetime.datetime(2026, 6, 15, 6, 0, 0, tzinfo=datetime.timezone.utc)
"""The moment of a clip's first frame in its phase messages."""

SITE = "BSK-017"


class OtherSettings(RuntimeError):
    """The folder holds frames of a clip with other settings."""


def simulate(spec: Spec) -> tuple[Record, list[Happening]]:
    """The traffic of a clip with its scripted incidents."""
    director = Director(spec.scripts, spec.programme)
    record = run(spec.seed, spec.demand, spec.programme, spec.seconds, director)
    return record, happen(record, spec.scripts, director)


def traffic_of(spec: Spec, folder: Path) -> tuple[Record, list[Happening]]:
    """The clip's traffic, simulated once and kept in its folder."""
    kept = folder / "traffic.pickle"
    if not kept.exists():
        partial = kept.with_suffix(".part")
        partial.write_bytes(pickle.dumps(simulate(spec)))
        partial.rename(kept)
    return pickle.loads(kept.read_bytes())


def cameras(spec: Spec) -> list[tuple[float, Camera]]:
    """From when on the clip is seen through which camera."""
    out = [(0.0, spec.camera)]
    for script in spec.scripts:
        if isinstance(script, CameraTurned):
            out.append((script.at, out[-1][1].turned(script.degrees)))
    return out


def _claim(folder: Path, spec: Spec) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dataclasses.asdict(spec), sort_keys=True)
    note = folder / "settings.json"
    if note.exists() and note.read_text() != text:
        raise OtherSettings(f"{folder} holds a clip with other settings: remove it or choose another folder")
    note.write_text(text)


def _still_name(spec: Spec, camera: Camera) -> str:
    text = json.dumps([dataclasses.asdict(camera), spec.mood, spec.samples], sort_keys=True)
    return "still-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def prepare(spec: Spec, folder: Path) -> None:
    """Simulates the clip's traffic into its folder, so that `render` has only to draw."""
    _claim(folder, spec)
    traffic_of(spec, folder)


def render(spec: Spec, folder: Path, say: Callable[[str], None] = print) -> None:
    """Makes the clip in `folder`, or goes on with it.

    Writes `NAME.mp4`, `NAME.truth.json`, `NAME.scene.toml` and `NAME.phases.jsonl`.
    Raises `OtherSettings`, `script.NoRoom`, or `subprocess.CalledProcessError` (Blender, ffmpeg).
    """
    record, happenings = draw(spec, folder, say)
    finish(spec, record, happenings, folder)
    say(f"done: {folder / (spec.name + '.mp4')}")


def draw(spec: Spec, folder: Path, say: Callable[[str], None] = print) -> tuple[Record, list[Happening]]:
    """Draws the frames of a clip, or goes on with them: `frames/N.png` and `N.json`. Raises as `render`."""
    _claim(folder, spec)
    record, happenings = traffic_of(spec, folder)
    for h in happenings:
        say(f"{h.kind}: {h.start:.1f} to {h.end:.1f} s {h.lane or ''}")
    total = round(spec.seconds * spec.fps)
    frames = folder / "frames"
    frames.mkdir(exist_ok=True)
    missing = [n for n in range(total) if not (frames / f"{n:06d}.json").exists()]
    if missing:
        _draw(spec, record, folder, frames, missing, say)
    return record, happenings


def _draw(spec: Spec, record: Record, folder: Path, frames: Path, missing: list[int], say: Callable[[str], None]) -> None:
    import time

    import cv2

    from .frames import Stage
    from .picture import Painter
    from .static import prepare

    mood = MOODS[spec.mood]
    stage = Stage(record, spec.seed, mood)
    views = cameras(spec)
    painter, current = None, -1
    spent = time.process_time()
    for done, n in enumerate(missing):
        t = n / spec.fps
        view = max(i for i, (since, _) in enumerate(views) if t >= since)
        if view != current:
            say(f"still world for camera {view + 1} of {len(views)}")
            still = prepare(folder / _still_name(spec, views[view][1]), views[view][1], mood, spec.samples)
            painter, current = Painter(stage, views[view][1], still), view
            spent = time.process_time()
        picture, found = painter.frame(t)
        cv2.imwrite(str(frames / f"{n:06d}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 3])
        part = frames / f"{n:06d}.part"
        part.write_text(json.dumps(truth.frame(t, found), separators=(",", ":")))
        part.rename(frames / f"{n:06d}.json")
        if done % 50 == 49 or n == missing[-1]:
            say(f"frame {n + 1} of {missing[-1] + 1}, {(time.process_time() - spent) / (done + 1):.2f} s of processor time a frame")


def finish(spec: Spec, record: Record, happenings: list[Happening], folder: Path) -> dict:
    """Film, truth, scene and phases from finished frames; returns the truth."""
    whole = describe(spec, record, happenings, folder)
    encode.h264(folder / "frames", spec.fps, folder / f"{spec.name}.mp4", seconds=spec.seconds)
    return whole


def describe(spec: Spec, record: Record, happenings: list[Happening], folder: Path) -> dict:
    """Truth, scene and phases from finished frames; returns the truth."""
    total = round(spec.seconds * spec.fps)
    rows = [json.loads((folder / "frames" / f"{n:06d}.json").read_text()) for n in range(total)]
    plain = drawing.scene(spec.camera, spec.exit_queues)
    size = (spec.camera.width, spec.camera.height)
    camera = {"position": spec.camera.position, "target": spec.camera.target, "hfov_deg": spec.camera.hfov}
    name = spec.name
    whole = truth.whole(f"{name}.mp4", size, spec.fps, rows, plain["line"], record, happenings, camera, spec.first_group)
    (folder / f"{name}.truth.json").write_text(json.dumps(whole, separators=(",", ":")) + "\n")
    heading = f"{name}: rendered intersection, exact geometry. Written by tests/scenes from the camera's true calibration."
    (folder / f"{name}.scene.toml").write_text(drawing.toml(plain, heading))
    (folder / f"{name}.phases.jsonl").write_text(phase_messages(record, spec.first_group))
    return whole


def phase_messages(record: Record, first_group: int) -> str:
    """The signals as a source on site would report them: on every change and each second."""
    stamp = lambda t: (EPOCH + datetime.timedelta(seconds=t)).isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: E731
    state: dict[int, dict] = {}
    changes: dict[float, list[dict]] = {}
    for change in truth.phases(record, first_group):
        changes.setdefault(change["t"], []).append(change)
    out = []
    for t in sorted({*changes, *(float(s) for s in range(int(record.seconds)))}):
        for change in changes.get(t, []):
            state[change["g"]] = {"g": change["g"], "s": change["s"], "since": stamp(t)}
        message = {
            "v": 1, "site": SITE, "seq": len(out), "ts": stamp(t), "src": "simulated", "err_ms": 50.0, "mode": "normal",
            "groups": [state[g] for g in sorted(state)],
        }
        out.append(json.dumps(message, separators=(",", ":")))
    return "\n".join(out) + "\n"


def check_counts(whole: dict, record: Record) -> dict[str, tuple[int, int]]:
    """Per arm and direction: our count of vehicles and SUMO's, over the whole clip (see `counts`)."""
    seen = counts.sumo_counts(record, 0.0, record.seconds)
    out = {}
    for row in whole["counts"]:
        inbound = row["dir"] == "forward"
        ours = sum(row["classes"].values())
        out[f"{row['line']} {'in' if inbound else 'out'}"] = (ours, len(seen[row["line"], inbound]))
    return out
