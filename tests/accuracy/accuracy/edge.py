"""Our own program, run as its user runs it: `kerege-edge replay DETECTIONS.jsonl --scene scene.toml --out DIR`."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from . import recording
from .recording import Sequence, Tracked


class Edge:
    """A built `kerege-edge`."""

    def __init__(self, program: Path) -> None:
        if not program.exists():
            raise SystemExit(f"{program} is missing: build it with `cargo build --release --workspace --bin kerege-edge`")
        self.program = program
        self.version = hashlib.sha256(program.read_bytes()).hexdigest()[:16]

    def replay(self, detections: Path, scene: Path, out: Path, tracks: bool = False, phases: Path | None = None) -> float:
        """Replays a recording into a folder; processor seconds. Raises `SystemExit` with the program's words where it
        refuses."""
        command = [str(self.program), "replay", str(detections), "--scene", str(scene), "--out", str(out)]
        command += ["--tracks"] * tracks + (["--phases", str(phases)] if phases else [])
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
        return float(json.loads((out / "timings.json").read_text())["cpu_s"])

    def track(self, sequence: Sequence, scene: str, work: Path) -> Tracked:
        """The tracks of a sequence."""
        work.mkdir(parents=True, exist_ok=True)
        detections, drawn = work / "detections.jsonl", work / "scene.toml"
        recording.write_detections(detections, sequence.size, sequence.t, sequence.found)
        drawn.write_text(scene)
        self.replay(detections, drawn, work / "out", tracks=True)
        return recording.read_tracks(work / "out" / "tracks.jsonl", sequence.size)
