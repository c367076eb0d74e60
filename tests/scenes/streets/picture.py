"""One frame: still light, moving road users, weather and the camera's own faults."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from . import kinds, lamps, materials, shade, sun
from .camera import Camera
from .frames import Stage
from .moods import Mood
from .raster import Target, seen
from .static import SCALE, Still
from .traffic import Track

CONTRAST, PIVOT = 1.55, 0.43
"""The camera's steep tone curve: how much it spreads tones, and the tone that stays."""

MIN_PIXELS = 5
"""Fewer seen pixels (at SCALE times the size) are not called visible."""


@dataclass
class Seen:
    """One road user in one frame; boxes in 0..1 of the frame."""

    track: Track
    state: np.ndarray
    visible: tuple[float, float, float, float]
    full: tuple[float, float, float, float]
    occlusion: float


class Painter:
    """Draws the frames of one clip through one camera."""

    def __init__(self, stage: Stage, camera: Camera, still: Still) -> None:
        self.stage, self.still = stage, still
        self.mood: Mood = stage.mood
        self.size = (camera.width, camera.height)
        self.camera = camera.scaled(SCALE)
        w, h = self.camera.width, self.camera.height
        self.target, self.sun_target = Target(w, h), Target(sun.SIZE, sun.SIZE)
        self.puddle = Target(w // 2, h // 2)
        self.rotation = np.ascontiguousarray(self.camera.rotation, np.float32)
        self.behind = (1.0 / np.maximum(still.depth, 0.1)).astype(np.float32)
        self.out = np.zeros((h, w, 3), np.float32)
        direction = np.array(self.mood.sun_direction, float)
        direction /= np.linalg.norm(direction)
        self.sun_rows, self.sun_place = sun.view(direction, sun.middle(camera))
        self.sun_shift = (-self.sun_rows @ self.sun_place).astype(np.float32)
        probe = np.ascontiguousarray(still.probe, np.float32)
        soft = cv2.blur(cv2.resize(probe, (64, 32), interpolation=cv2.INTER_AREA), (9, 9), borderType=cv2.BORDER_REPLICATE)
        colour = np.asarray(self.mood.sun_colour, np.float32) * np.float32(self.mood.sun)
        self.light = (probe, np.ascontiguousarray(soft), shade.harmonics(probe), direction.astype(np.float32), colour, np.float32(self.mood.glow),
                      lamps.heads(self.mood), lamps.COLOUR * np.float32(lamps.INTENSITY * self.mood.lamps))
        p = stage.packed
        self.packed = (p.verts, p.parts, p.tris, p.normals, p.mats, p.uvs, p.vert, p.tri, p.pivots)
        self.tables = (stage.atlas, materials.TABLE, stage.plates)
        fog = 0.6 * np.asarray(self.mood.horizon, np.float32) + 0.4 * np.asarray(self.mood.zenith, np.float32)
        self.fog = fog * np.float32(0.75)
        y, x = np.mgrid[0:camera.height, 0:camera.width]
        r2 = ((x - camera.width / 2) ** 2 + (y - camera.height / 2) ** 2) / (camera.width / 2) ** 2
        self.vignette = (1.0 - 0.10 * r2)[..., None].astype(np.float32)

    def frame(self, t: float) -> tuple[np.ndarray, list[Seen]]:
        """The picture at time t (uint8 BGR, clip's size) and who is in it."""
        instances, cast = self.stage.at(t)
        eye = np.asarray(self.camera.position, np.float32)
        focal = np.float32(self.camera.focal)
        self.target.draw(self.stage.packed, instances, self.rotation, eye, focal, self.behind)
        if self.mood.sun > 0.0:
            self.sun_target.draw(self.stage.packed, instances, self.sun_rows, self.sun_place, 0.0)
        found = self._seen(cast)
        inst = (instances.proto, instances.pose, instances.turn, instances.colour, instances.lamps, instances.plate)
        shadows = (self.sun_target.near, self.still.shadow, self.sun_rows, self.sun_shift)
        dark, beams = np.ones_like(self.still.depth), np.zeros_like(self.still.depth)
        shade.contact(dark, self.still.depth, eye, self.rotation, focal, instances.pose, self._feet(instances, cast), self.target.boxes)
        if self.mood.headlamps:
            power = np.float32(self.mood.beams)
            shade.headlamps(beams, self.target.near, eye, self.rotation, focal, instances.pose, self._fronts(instances, cast), power)
        shade.picture(
            self.target.ident, self.target.near, eye, self.rotation, focal, np.float32(1.0), self.packed, inst, self.tables,
            self.light, shadows, (self.still.sun, self.still.sky, self.still.albedo, self.still.depth), dark, beams, self.out,
        )
        linear = self.out
        if self.mood.wet > 0.0:
            linear = self._wet(linear, instances, inst, shadows, eye, focal)
        return self._develop(linear, t), found

    def _seen(self, cast) -> list[Seen]:
        count, boxes = seen(self.target.ident, len(self.target.full))
        w, h = self.camera.width, self.camera.height
        unit = np.array([w, h, w, h], float)
        out = []
        for i, (track, state) in enumerate(cast):
            if count[i] < MIN_PIXELS or np.isnan(self.target.boxes[i, 0]):
                continue
            hidden = 1.0 - count[i] / max(1, self.target.full[i])
            out.append(Seen(track, state, tuple(boxes[i] / unit), tuple(self.target.boxes[i] / unit), float(max(0.0, hidden))))
        return out

    def _feet(self, instances, cast) -> np.ndarray:
        size = np.zeros((len(instances.proto), 3), np.float32)
        for i, (track, _) in enumerate(cast):
            kind = kinds.BY_NAME[track.kind]
            small = kind.cls in ("person", "bicycle", "motorcycle")
            size[i] = (kind.length / 2, kind.width * (0.25 if small else 0.5), 0.30 if small else 0.55)
            if kind.cls == "person":
                size[i] = (0.14, 0.14, 0.30)
        return size

    def _fronts(self, instances, cast) -> np.ndarray:
        front = np.zeros((len(instances.proto), 3), np.float32)
        for i, (track, _) in enumerate(cast):
            kind = kinds.BY_NAME[track.kind]
            if kind.cls not in ("person", "bicycle"):
                front[i] = (kind.length / 2, 0.0 if kind.cls == "motorcycle" else kind.width * 0.36, 0.68)
        return front

    def _wet(self, linear, instances, inst, shadows, eye, focal) -> np.ndarray:
        """Adds what moves, mirrored in the wet road and blurred along the vertical."""
        h, w = self.puddle.near.shape
        half = np.float32(focal / 2.0)
        self.puddle.draw(self.stage.packed, instances, self.rotation, eye, half, None, mirror=True)
        low = np.zeros((h, w, 3), np.float32)
        ones = np.ones((h, w), np.float32)
        tiny = np.zeros((h, w, 3), np.float32)
        shade.picture(
            self.puddle.ident, self.puddle.near, eye, self.rotation, half, np.float32(-1.0), self.packed, inst, self.tables,
            self.light, shadows, (tiny, tiny, tiny, ones), ones, np.zeros((h, w), np.float32), low,
        )
        mask = (self.puddle.ident >= 0).astype(np.float32)
        both = np.dstack([np.minimum(low, 8.0), mask])
        both = cv2.GaussianBlur(both, (5, 41), sigmaX=1.2, sigmaY=9.0)
        both = cv2.resize(both, (w * 2, h * 2), interpolation=cv2.INTER_LINEAR)
        road = ((self.still.normal[..., 2] > 0.95) & (self.still.depth < 200.0) & (self.target.ident < 0))[..., None]
        strength = np.float32(0.20 * self.mood.wet) * road
        return linear * (1.0 - 0.5 * both[..., 3:] * (strength > 0)) + both[..., :3] * strength

    def _develop(self, linear: np.ndarray, t: float) -> np.ndarray:
        """From linear light to the camera's 8-bit picture."""
        mood = self.mood
        small = cv2.resize(np.minimum(linear, 12.0), self.size, interpolation=cv2.INTER_AREA)
        if mood.haze > 0.0:
            far = 1.0 / np.maximum(self.target.near[::SCALE, ::SCALE], 3e-3)
            veil = (1.0 - np.exp(-far * np.float32(mood.haze / 100.0)))[..., None]
            small = small + veil * (self.fog - small)
        if mood.headlamps:
            bright = np.maximum(small - 0.5, 0.0)
            small = small + 0.35 * cv2.GaussianBlur(bright, (0, 0), 2.2) + 0.18 * cv2.GaussianBlur(bright, (0, 0), 9.0)
        value = 1.0 - np.exp(-small * np.float32(mood.exposure) * self.vignette)
        value = np.where(value < 0.0031308, 12.92 * value, 1.055 * np.power(np.maximum(value, 1e-6), 1 / 2.4) - 0.055)
        grey = value @ np.array([0.299, 0.587, 0.114], np.float32)
        value = grey[..., None] + 0.86 * (value - grey[..., None])
        soft = cv2.GaussianBlur(value, (0, 0), 0.62)
        value = soft + 0.45 * (soft - cv2.GaussianBlur(soft, (0, 0), 1.3))
        if mood.rain > 0.0:
            value = self._rain(value, t)
        rng = np.random.default_rng([self.stage.seed, int(round(t * 1000))])
        noise = rng.normal(scale=mood.noise, size=(self.size[1], self.size[0], 1)).astype(np.float32)
        value = 0.022 + 0.965 * value + noise
        value = CONTRAST * (value - PIVOT) + PIVOT - 0.02
        return (np.clip(value, 0.0, 1.0)[..., ::-1] * 255.0 + 0.5).astype(np.uint8)

    def _rain(self, value: np.ndarray, t: float) -> np.ndarray:
        rng = np.random.default_rng([self.stage.seed + 1, int(round(t * 1000))])
        layer = np.zeros(value.shape[:2], np.float32)
        for _ in range(int(260 * self.mood.rain)):
            x, y = rng.uniform(0, self.size[0]), rng.uniform(-30, self.size[1])
            length, slant = rng.uniform(8, 38), rng.normal(0.10, 0.03)
            a, b = (int(x * 8), int(y * 8)), (int((x - slant * length) * 8), int((y + length) * 8))
            cv2.line(layer, a, b, float(rng.uniform(0.03, 0.14)), 1, cv2.LINE_AA, 3)
        return value + cv2.GaussianBlur(layer, (0, 0), 0.5)[..., None] * (0.9 - value)
