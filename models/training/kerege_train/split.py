"""Which scene a picture shows, and which part of the data that scene belongs to.

File names do not tell the camera, so pictures are compared: small, blurred, without their mean, also
mirrored (data sets often hold mirrored copies). Pictures that correlate show one scene, and a scene
lies wholly in training, validation or test. Exceptions stand in `held-out.toml`.
"""

from __future__ import annotations

import hashlib

import cv2
import numpy as np

SIDE = 24
ALIKE = 0.9


def descriptor(pixels: np.ndarray) -> np.ndarray:
    """A unit vector `[SIDE × SIDE]` of the coarse brightness of a BGR picture."""
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), (96, 96), interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.medianBlur(grey, 5).astype(np.float32), (0, 0), 3)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small -= small.mean()
    return (small / max(float(np.linalg.norm(small)), 1e-6)).ravel()


def likeness(descriptors: np.ndarray) -> np.ndarray:
    """Correlation -1..1 of each with each of `[n, SIDE × SIDE]`, the better of straight and mirrored."""
    mirrored = descriptors.reshape(-1, SIDE, SIDE)[:, :, ::-1].reshape(len(descriptors), -1)
    return np.maximum(descriptors @ descriptors.T, descriptors @ mirrored.T)


def scenes(alike: np.ndarray, threshold: float = ALIKE) -> list[int]:
    """The scene of each picture: the lowest index among those it is linked to."""
    parent = list(range(len(alike)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for first, second in zip(*np.where(np.triu(alike > threshold, 1)), strict=True):
        low, high = sorted((root(int(first)), root(int(second))))
        parent[high] = low
    return [root(index) for index in range(len(alike))]


def part(scene: str, test: float = 0.08, validation: float = 0.03) -> str:
    """`test`, `val` or `train`, drawn by the scene's name alone so that it never changes."""
    drawn = int.from_bytes(hashlib.sha256(scene.encode()).digest()[:4], "big") / 2**32
    if drawn < test:
        return "test"
    return "val" if drawn < test + validation else "train"
