"""Street lamps: computed, not traced, so that a night picture of few samples stays clean.

Each lamp shines downward from its head; nothing shades it. Irradiance falls with the square of the
distance, and with the cosine to the lamp's axis.
"""

from __future__ import annotations

import numpy as np

from . import town
from .camera import Camera
from .moods import Mood

INTENSITY = 120.0
COLOUR = np.array([1.0, 0.74, 0.46], np.float32)
ARM = 2.2
HEIGHT = 8.95


def heads(mood: Mood) -> np.ndarray:
    """Places of the lit lamps, metres (n,3); none by day."""
    if mood.lamps <= 0.0:
        return np.zeros((0, 3), np.float32)
    return np.array([(x + ARM * dx, y + ARM * dy, HEIGHT) for x, y, (dx, dy) in town.LAMPS], np.float32)


def irradiance(places: np.ndarray, points: np.ndarray, normals: np.ndarray, strength: float) -> np.ndarray:
    """Grey irradiance of all lamps on points (..., 3) with normals (..., 3)."""
    total = np.zeros(points.shape[:-1], np.float32)
    for place in places:
        way = place - points
        r2 = np.maximum((way * way).sum(-1), 0.25)
        r = np.sqrt(r2)
        down = np.clip(way[..., 2] / r, 0.0, 1.0)
        total += np.clip((way * normals).sum(-1) / r, 0.0, 1.0) * down / r2
    return total * np.float32(INTENSITY * strength)


def light_still(camera: Camera, mood: Mood, albedo: np.ndarray, normal: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """What the lamps add to the picture of the still world (h,w,3), linear."""
    places = heads(mood)
    if not len(places):
        return np.zeros_like(albedo, np.float32)
    y, x = np.mgrid[0:camera.height, 0:camera.width] + 0.5
    rays = np.stack([(x - camera.width / 2) / camera.focal, (y - camera.height / 2) / camera.focal, np.ones_like(x)], -1)
    points = (np.asarray(camera.position) + (rays @ camera.rotation) * depth[..., None]).astype(np.float32)
    grey = irradiance(places, points, normal.astype(np.float32), mood.lamps)
    return albedo.astype(np.float32) * grey[..., None] * (COLOUR / np.float32(np.pi))
