"""An exact pinhole camera: square pixels, no distortion, principal point in the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A camera at `position` that looks at `target` (metres) with a horizontal field of view in degrees.

    Pixels: x to the right, y down, (0, 0) is the outer corner of the top left pixel.
    """

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    hfov: float
    width: int = 640
    height: int = 360

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / 2.0 / math.tan(math.radians(self.hfov) / 2.0)

    @property
    def rotation(self) -> np.ndarray:
        """World to camera, rows: right, down, forward."""
        forward = np.subtract(self.target, self.position).astype(float)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    def scaled(self, factor: int) -> "Camera":
        """The same camera with `factor` times as many pixels each way."""
        return Camera(self.position, self.target, self.hfov, self.width * factor, self.height * factor)

    def turned(self, degrees: float) -> "Camera":
        """The camera turned to the left about its mast."""
        a = math.radians(degrees)
        dx, dy = self.target[0] - self.position[0], self.target[1] - self.position[1]
        x = self.position[0] + math.cos(a) * dx - math.sin(a) * dy
        y = self.position[1] + math.sin(a) * dx + math.cos(a) * dy
        return Camera(self.position, (x, y, self.target[2]), self.hfov, self.width, self.height)

    def project(self, points) -> np.ndarray:
        """Pixels and depth (n,3) of world points (n,3); depth is metres along the optical axis."""
        p = (np.asarray(points, float) - self.position) @ self.rotation.T
        depth = p[:, 2]
        safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        return np.stack([
            self.focal * p[:, 0] / safe + self.width / 2.0, self.focal * p[:, 1] / safe + self.height / 2.0, depth
        ], -1)

    def ground(self, pixels) -> np.ndarray:
        """Where the rays of pixels (n,2) meet z = 0, metres (n,2); NaN above the horizon."""
        px = np.asarray(pixels, float)
        rays = np.stack([
            (px[:, 0] - self.width / 2.0) / self.focal, (px[:, 1] - self.height / 2.0) / self.focal, np.ones(len(px))
        ], -1) @ self.rotation
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(rays[:, 2] < -1e-9, -self.position[2] / rays[:, 2], np.nan)
        return np.asarray(self.position[:2]) + rays[:, :2] * reach[:, None]

    def frame(self, points) -> np.ndarray:
        """Points (n,3) as 0..1 of the frame (n,2)."""
        return self.project(points)[:, :2] / (self.width, self.height)
