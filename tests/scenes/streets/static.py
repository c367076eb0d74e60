"""Prepares the still part of a clip: hands the world to Blender and reads back its light.

The result is kept in the clip's folder, so that a resumed rendering does not do it again.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import denoise, lamps, sun, town, world
from .camera import Camera
from .mesh import Mesh, with_normals
from .moods import Mood, sky
from .packed import PARTS, Instances, pack
from .raster import Target
from .world import Piece

SCALE = 2
"""Pixels are computed this many times finer each way than they are shown."""


@dataclass
class Still:
    """Buffers of the still world at SCALE times the clip's size; colours linear."""

    sun: np.ndarray
    sky: np.ndarray
    albedo: np.ndarray
    depth: np.ndarray
    """Metres along the optical axis."""
    normal: np.ndarray
    probe: np.ndarray
    """Surroundings from the middle of the junction, (128, 256, 3); its centre is north."""
    shadow: np.ndarray
    """The sun's picture of the still world (see `sun`)."""


def pieces() -> list[Piece]:
    """The whole still world."""
    return [*world.ground(), *world.markings(), *world.manholes(), *town.town(), *town.signal_poles()]


def _write_job(folder: Path, camera: Camera, mood: Mood, samples: int, rows: list[Piece]) -> None:
    verts, tris, listing, v0, t0 = [], [], [], 0, 0
    for piece in rows:
        mesh = piece.mesh
        listing.append({
            "surface": piece.surface, "verts": [v0, v0 + len(mesh.verts)], "tris": [t0, t0 + len(mesh.tris)],
        })
        verts.append(mesh.verts)
        tris.append(mesh.tris)
        v0, t0 = v0 + len(mesh.verts), t0 + len(mesh.tris)
    np.concatenate(verts).astype("<f4").tofile(folder / "verts.f32")
    np.concatenate(tris).astype("<i4").tofile(folder / "tris.i32")
    cv2.imwrite(str(folder / "sky.hdr"), sky(mood)[..., ::-1])
    job = {
        "camera": {
            "position": camera.position, "target": camera.target, "hfov": camera.hfov,
            "width": camera.width, "height": camera.height,
        },
        "sun": {"strength": mood.sun, "direction": mood.sun_direction, "colour": mood.sun_colour},
        "wet": mood.wet, "windows": mood.windows, "lamps": mood.lamps, "samples": samples, "pieces": listing,
    }
    (folder / "job.json").write_text(json.dumps(job))


def _layers(path: Path) -> dict[str, np.ndarray]:
    import OpenEXR

    with OpenEXR.File(str(path)) as file:
        return {name: np.array(channel.pixels) for name, channel in file.channels().items()}


def _pick(layers: dict[str, np.ndarray], word: str) -> np.ndarray:
    for name, pixels in layers.items():
        if word in name:
            return pixels
    raise KeyError(f"no layer '{word}' in {sorted(layers)}")


def _shadow(mood: Mood, camera: Camera, rows: list[Piece]) -> np.ndarray:
    if mood.sun <= 0.0:
        return np.full((4, 4), -1e9, np.float32)
    solid = [p.mesh for p in rows if p.surface not in ("asphalt", "marking", "grass", "paving")]
    meshes = [with_normals(Mesh(m.verts, m.tris, m.mats, m.uvs, m.parts)) for m in solid]
    packed = pack([(mesh, {}) for mesh in meshes])
    n = len(meshes)
    pose = np.tile(np.array([0, 0, 0, 1, 0, 1], np.float32), (n, 1))
    instances = Instances(
        np.arange(n, dtype=np.int32), pose, np.zeros((n, PARTS), np.float32), np.zeros((n, 2, 3), np.float32),
        np.zeros(n, np.int32), np.zeros(n, np.int32),
    )
    target = Target(sun.SIZE, sun.SIZE)
    rotation, position = sun.view(np.array(mood.sun_direction), sun.middle(camera))
    target.draw(packed, instances, rotation, position, 0.0)
    return target.near.copy()


def prepare(folder: Path, camera: Camera, mood: Mood, samples: int = 96) -> Still:
    """The still world of a clip seen by `camera` (of the clip's own size), made once per folder.

    Raises `subprocess.CalledProcessError` when Blender fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "still.npz"
    if not done.exists():
        rows = pieces()
        _write_job(folder, camera.scaled(SCALE), mood, samples, rows)
        script = Path(__file__).with_name("background.py")
        log = subprocess.run(
            ["blender", "-b", "--factory-startup", "--python-exit-code", "3", "--python", str(script), "--", str(folder)],
            capture_output=True, text=True,
        )
        (folder / "blender.log").write_text(log.stdout + log.stderr)
        log.check_returncode()
        _collect(folder, camera.scaled(SCALE), mood, rows, done)
    with np.load(done) as data:
        return Still(**{name: data[name].astype(np.float32) for name in data.files})


def _collect(folder: Path, camera: Camera, mood: Mood, rows: list[Piece], done: Path) -> None:
    layers = _layers(folder / "sky.exr")
    rgb = lambda table: _pick(table, "Combined")[..., :3].astype(np.float32)  # noqa: E731
    light = rgb(layers)
    sunlight = rgb(_layers(folder / "sun.exr")) if mood.sun > 0.0 else np.zeros_like(light)
    albedo, depth = _pick(layers, "DiffCol")[..., :3], _pick(layers, "Depth.Z").astype(np.float32)
    normal = np.stack([_pick(layers, f"Normal.{axis}") for axis in "XYZ"], -1)
    light = denoise.clean(light, albedo, normal, depth) + lamps.light_still(camera, mood, albedo, normal, depth)
    partial = done.with_suffix(".part.npz")
    np.savez(
        partial, sun=sunlight.astype(np.float16), sky=light.astype(np.float16),
        albedo=albedo.astype(np.float16), depth=depth, normal=normal.astype(np.float16),
        probe=rgb(_layers(folder / "probe.exr")),
        shadow=_shadow(mood, camera, rows),
    )
    partial.rename(done)
