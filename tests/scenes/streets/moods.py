"""Light and weather: the sun, the sky, lamps, wet roads and the camera's exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mood:
    """Light of a clip; `sun` is its irradiance (0: none), colours linear."""

    name: str
    sun: float
    sun_direction: tuple[float, float, float]
    sun_colour: tuple[float, float, float]
    zenith: tuple[float, float, float]
    horizon: tuple[float, float, float]
    exposure: float
    lamps: float = 0.0
    """Street lamps, 0..1."""
    windows: float = 0.0
    """Brightness of lit windows."""
    wet: float = 0.0
    """Wet road, 0..1."""
    haze: float = 0.0
    """Share of the picture that haze takes per 100 m."""
    rain: float = 0.0
    """Rain streaks, 0..1."""
    headlamps: bool = False
    noise: float = 0.006
    """Sensor noise, standard deviation of the finished picture at mid grey."""
    clouds: float = 0.4
    glow: float = 0.9
    """How bright lamps look against the scene."""
    beams: float = 0.0
    """Headlamps' light on the street, 0..1."""


MOODS = {
    "day": Mood("day", 4.2, (-0.72, -0.38, 0.70), (1.0, 0.93, 0.82), (0.20, 0.32, 0.58), (0.60, 0.68, 0.78), 2.0, haze=0.03),
    "dusk": Mood(
        "dusk", 0.0, (-1.0, 0.2, 0.1), (1.0, 0.6, 0.3), (0.030, 0.042, 0.085), (0.16, 0.11, 0.085), 4.2,
        lamps=1.0, windows=0.5, headlamps=True, noise=0.014, haze=0.05, clouds=0.3, glow=2.2, beams=1.0,
    ),
    "rain": Mood(
        "rain", 0.0, (-0.5, -0.5, 0.7), (1.0, 1.0, 1.0), (0.40, 0.43, 0.47), (0.52, 0.54, 0.56), 2.1,
        wet=1.0, rain=1.0, headlamps=True, windows=0.25, noise=0.010, haze=0.16, clouds=0.8, glow=1.6, beams=0.25,
    ),
    "overcast": Mood(
        "overcast", 0.0, (-0.5, -0.5, 0.7), (1.0, 1.0, 1.0), (0.44, 0.47, 0.51), (0.56, 0.58, 0.60), 2.5,
        noise=0.008, haze=0.10, clouds=0.9,
    ),
    "low-sun": Mood(
        "low-sun", 2.6, (0.80, -0.42, 0.36), (1.0, 0.80, 0.58), (0.16, 0.24, 0.44), (0.62, 0.56, 0.50), 2.5,
        noise=0.008, haze=0.06, glow=1.1,
    ),
    "night": Mood(
        "night", 0.0, (-1.0, 0.2, 0.1), (1.0, 0.6, 0.3), (0.006, 0.008, 0.015), (0.030, 0.024, 0.020), 5.0,
        lamps=1.0, windows=0.35, headlamps=True, noise=0.022, haze=0.03, clouds=0.2, glow=2.6, beams=1.0,
    ),
}


def sky(mood: Mood, height: int = 256, seed: int = 3) -> np.ndarray:
    """The sky as an equirectangular picture (height, 2·height, 3), top is the zenith."""
    width = 2 * height
    rng = np.random.default_rng(seed)
    up = np.sin(np.linspace(np.pi / 2, -np.pi / 2, height))[:, None, None]
    blend = np.clip(up, 0.0, 1.0) ** 0.5
    base = np.asarray(mood.horizon) * (1.0 - blend) + np.asarray(mood.zenith) * blend
    field = np.zeros((height, width))
    for octave in range(5):
        n = 2 ** (octave + 2)
        coarse = rng.normal(size=(n, 2 * n))
        rows = np.linspace(0, n, height, endpoint=False)
        columns = np.linspace(0, 2 * n, width, endpoint=False)
        r, c = rows.astype(int), columns.astype(int)
        fr, fc = (rows - r)[:, None], (columns - c)[None]
        r1, c1 = (r + 1) % n, (c + 1) % (2 * n)
        field += 0.55 ** octave * (
            coarse[np.ix_(r, c)] * (1 - fr) * (1 - fc) + coarse[np.ix_(r1, c)] * fr * (1 - fc)
            + coarse[np.ix_(r, c1)] * (1 - fr) * fc + coarse[np.ix_(r1, c1)] * fr * fc
        )
    cover = np.clip((field - 0.9 + mood.clouds) * 0.7, 0.0, 1.0)[..., None] * np.clip(up * 4.0, 0.0, 1.0)
    white = np.mean(np.asarray(mood.horizon)) * 1.35
    out = base * (1.0 - 0.8 * cover) + white * 0.8 * cover
    below = np.asarray([0.10, 0.095, 0.09]) * np.mean(mood.horizon)
    return np.where(up < -0.02, below, out).astype(np.float32)
