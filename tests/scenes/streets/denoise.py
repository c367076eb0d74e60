"""Cleans the still world's light from the noise of few samples.

Debian's Blender has no denoiser. Light that falls on a surface changes slowly where surface and depth do
not, so the picture is divided by the surface's colour, smoothed by an edge-avoiding à-trous wavelet
(Dammertz et al. 2010) and multiplied again: textures stay sharp, noise goes.
"""

from __future__ import annotations

import numpy as np

KERNEL = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16.0
FLOOR = 0.02


def _shifted(picture: np.ndarray, dy: int, dx: int) -> np.ndarray:
    """The picture moved by (dy, dx); edges are repeated."""
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(height) + dy, 0, height - 1)
    columns = np.clip(np.arange(width) + dx, 0, width - 1)
    return picture[rows][:, columns]


def clean(light: np.ndarray, albedo: np.ndarray, normal: np.ndarray, depth: np.ndarray, levels: int = 4,
          sigma: float = 0.6) -> np.ndarray:
    """`light` (h,w,3) without noise; `albedo`, `normal` (h,w,3) and `depth` (h,w) are noise-free guides.

    `sigma` is how much relative difference of light is still taken for noise on the finest level.
    """
    base = np.maximum(albedo.astype(np.float32), FLOOR)
    out = _without_sparks(light.astype(np.float32) / base)
    normal = normal.astype(np.float32)
    inverse = (1.0 / np.maximum(depth, 0.1)).astype(np.float32)
    for level in range(levels):
        step = 1 << level
        total, weight = np.zeros_like(out), np.zeros(out.shape[:2], np.float32)
        mean = out.mean(-1)
        for j, wy in enumerate(KERNEL):
            for i, wx in enumerate(KERNEL):
                dy, dx = (j - 2) * step, (i - 2) * step
                other = _shifted(out, dy, dx)
                facing = np.clip((normal * _shifted(normal, dy, dx)).sum(-1), 0.0, 1.0) ** 16
                flat = np.exp(-np.abs(_shifted(inverse, dy, dx) / inverse - 1.0) * (12.0 / step))
                gap = (other.mean(-1) - mean) / (0.5 * (other.mean(-1) + mean) + 1e-3)
                w = wy * wx * facing * flat * np.exp(-((gap / (sigma / (1 << level) ** 0.5)) ** 2))
                total += other * w[..., None]
                weight += w
        out = np.where(weight[..., None] > 1e-6, total / np.maximum(weight[..., None], 1e-6), out)
    return out * base


def _without_sparks(light: np.ndarray) -> np.ndarray:
    """Single pixels far brighter than all their neighbours are cut to the brightest neighbour."""
    ring = [_shifted(light, dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    brightest = np.sort(np.stack([r.mean(-1) for r in ring]), axis=0)[-2]
    own = light.mean(-1)
    scale = np.where(own > 1.5 * brightest + 1e-4, brightest / np.maximum(own, 1e-6), 1.0)
    return light * scale[..., None].astype(np.float32)
