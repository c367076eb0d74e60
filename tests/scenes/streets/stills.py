"""Pictures for a detector's training: frames far apart, each with its exact boxes.

One folder for each scene of the varied family:
    frames/000000.jpg …   the pictures
    truth.json            the contract's truth; `frames[n]` belongs to picture n; without counts
    DONE                  written last; its folder is complete
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Callable

import cv2

from . import clip, truth, varied

SAMPLES = 3
"""Cycles samples of the still world: training does not mind a little noise."""


def render(first: int, scenes: int, frames: int, every: float, out: Path, say: Callable[[str], None] = print) -> None:
    """Makes scenes `first` to `first + scenes - 1`, `frames` pictures of each, `every` seconds apart.

    What is there already is not made again. Raises as `clip.render` does.
    """
    for number in range(first, first + scenes):
        spec = varied.scene(number, frames * every, 1.0 / every, SAMPLES)
        folder = out / spec.name
        if (folder / "DONE").exists():
            continue
        say(f"{spec.name}: camera at {spec.camera.position}, {spec.camera.hfov:.0f} degrees")
        work = folder / "work"
        record, _ = clip.draw(spec, work, say)
        _collect(spec, record, work, folder, frames)
        shutil.rmtree(work)
        (folder / "DONE").touch()


def _collect(spec, record, work: Path, folder: Path, frames: int) -> None:
    rows, size = [], (spec.camera.width, spec.camera.height)
    rng = random.Random(f"jpeg-{spec.seed}")
    pictures = folder / "frames"
    pictures.mkdir(exist_ok=True)
    for n in range(frames):
        rows.append(json.loads((work / "frames" / f"{n:06d}.json").read_text()))
        picture = cv2.imread(str(work / "frames" / f"{n:06d}.png"))
        cv2.imwrite(str(pictures / f"{n:06d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(78, 97)])
    camera = {"position": spec.camera.position, "target": spec.camera.target, "hfov_deg": spec.camera.hfov}
    whole = truth.whole("frames/%06d.jpg", size, spec.fps, rows, [], record, [], camera, spec.first_group)
    (folder / "truth.json").write_text(json.dumps(whole, separators=(",", ":")) + "\n")
