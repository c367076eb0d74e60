"""One training picture from one or several: pieces at the scale that the box will see, then weather,
darkness and what cameras do to pictures. Everything is drawn from the generator that is passed in.

Boxes are pixels of the training picture here.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

FILL = 114
# How much rather a piece is laid so that one of this class is seen; in the order of `classes.CLASSES`.
FOCUS = np.array((1, 2, 2, 1.5, 3, 6, 3.0))
SEEN = 0.35  # of a box that a piece cuts, the part that must remain for a label


@dataclass(frozen=True)
class Sample:
    """A picture and what is on it."""

    pixels: np.ndarray  # [h, w, 3] BGR bytes
    boxes: np.ndarray  # [n, 4]
    classes: np.ndarray  # [n, 7]
    ignored: np.ndarray  # [m, 4]


@dataclass(frozen=True)
class Scales:
    """Between which factors of the scale at 416 a source's pictures are drawn."""

    low: float = 0.6
    high: float = 1.6


def compose(pieces: list[tuple[Sample, Scales]], size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Fills a picture (width, height) with one piece, two side by side, or four around a point."""
    width, height = size
    canvas = np.full((height, width, 3), FILL, np.uint8)
    x = width if len(pieces) == 1 else int(width * rng.uniform(0.3, 0.7))
    y = height if len(pieces) < 4 else int(height * rng.uniform(0.3, 0.7))
    places = [(0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height)][: len(pieces)]
    parts = [place(canvas, piece, scales, at, rng) for (piece, scales), at in zip(pieces, places, strict=True)]
    boxes, classes, ignored = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Sample(canvas, boxes, classes, ignored)


def place(canvas, piece: Sample, scales: Scales, at, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws a piece into a rectangle of the canvas; answers boxes, classes and ignored there."""
    x1, y1, x2, y2 = at
    matrix = placement(piece, scales, (x2 - x1, y2 - y1), rng)
    linear = cv2.INTER_LINEAR
    area = cv2.warpAffine(piece.pixels, matrix, (x2 - x1, y2 - y1), flags=linear, borderValue=(FILL,) * 3)
    canvas[y1:y2, x1:x2] = area
    limits = np.array([x2 - x1, y2 - y1] * 2, np.float32)
    moved = warp(piece.boxes, matrix)
    cut = np.clip(moved, 0, limits)
    seen = sizes(cut) / np.maximum(sizes(moved), 1e-6)
    whole = (seen >= SEEN) & ((cut[:, 2:] - cut[:, :2]).min(1, initial=1e9) >= 3)
    unclear = ~whole & (seen > 0.02)
    hidden = np.clip(warp(piece.ignored, matrix), 0, limits)
    ignored = np.concatenate([hidden[sizes(hidden) > 4], cut[unclear]])
    shift = np.array([x1, y1, x1, y1], np.float32)
    return cut[whole] + shift, piece.classes[whole], ignored + shift


def placement(piece: Sample, scales: Scales, size: tuple[int, int], rng) -> np.ndarray:
    """The 2×3 matrix that scales, turns, shears and mirrors a piece and puts a road user into sight."""
    height, width = piece.pixels.shape[:2]
    scale = 416 / max(height, width) * float(np.exp(rng.uniform(np.log(scales.low), np.log(scales.high))))
    aspect = float(np.exp(rng.uniform(-0.2, 0.2)))
    angle = rng.normal(0, 0.04) if rng.random() < 0.4 else 0.0
    shear = rng.normal(0, 0.06) if rng.random() < 0.3 else 0.0
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    c, s = np.cos(angle), np.sin(angle)
    linear = np.array([[c, -s], [s, c]]) @ np.array([[1, shear], [0, 1]]) @ np.diag([scale * aspect * mirror, scale])
    reach = np.abs(linear) @ np.array([width, height])
    space = np.array(size, float)
    if len(piece.boxes) and rng.random() < 0.8:
        chances = FOCUS[piece.classes.argmax(1)]
        box = piece.boxes[rng.choice(len(piece.boxes), p=chances / chances.sum())]
        focus, target = (box[:2] + box[2:]) / 2, space * rng.uniform(0.15, 0.85, 2)
    else:
        focus, target = rng.uniform(0, 1, 2) * (width, height), space * rng.uniform(0, 1, 2)
    centre = np.array([width, height]) / 2
    # Where the picture is larger than the space it fills it; where it is smaller it lies within.
    middle = linear @ (centre - focus) + target
    slack = np.abs(reach - space) / 2
    middle = np.clip(middle, space / 2 - slack, space / 2 + slack)
    return np.concatenate([linear, (middle - linear @ centre)[:, None]], 1).astype(np.float32)


def warp(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Bounds of the boxes after a 2×3 matrix."""
    if not len(boxes):
        return np.zeros((0, 4), np.float32)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    # A turned box would grow by its corners, which are empty: the sides take the diagonal part only.
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 @ np.abs(np.diag(np.diag(matrix[:, :2])))
    return np.concatenate([centre - half, centre + half], 1).astype(np.float32)


def sizes(boxes: np.ndarray) -> np.ndarray:
    """Areas."""
    return np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)


def weather(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light, weather, lens, sensor and codec, each now and then."""
    for chance, change in (
        (0.8, colour), (0.12, night), (0.06, rain), (0.05, snow), (0.06, haze),
        (0.12, blur), (0.12, coarse), (0.18, noise), (0.06, grey), (0.15, compress),
    ):
        if rng.random() < chance:
            pixels = change(pixels, rng)
    return pixels


def table(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0, 255).astype(np.uint8)


def colour(pixels, rng):
    """Brightness, contrast, gamma and white balance, by one table a channel."""
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma, gain, lift = np.exp(rng.normal(0, 0.3)), np.exp(rng.normal(0, 0.18)), rng.normal(0, 0.05)
    balance = np.exp(rng.normal(0, 0.08, 3))
    tables = np.stack([table(255 * ((ramp**gamma - 0.5) * gain + 0.5 + lift) * each) for each in balance], 1)
    pixels = cv2.LUT(pixels, tables[None])
    if rng.random() < 0.5:
        mean = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        part = float(rng.uniform(0.3, 1.7))
        pixels = cv2.addWeighted(pixels, part, mean, 1 - part, 0)
    return pixels


def night(pixels, rng):
    """Dark, with glare around what was brightest."""
    ramp = np.arange(256, dtype=np.float32) / 255
    dark = cv2.LUT(pixels, table(255 * ramp ** rng.uniform(1.2, 2.2) * rng.uniform(0.25, 0.6)))
    lights = cv2.threshold(pixels, int(rng.uniform(200, 245)), 255, cv2.THRESH_TOZERO)[1]
    glare = cv2.blur(lights, (int(rng.integers(3, 12)),) * 2)
    return cv2.addWeighted(dark, 1.0, glare, float(rng.uniform(0.2, 0.9)), 0)


def rain(pixels, rng):
    """Slanted bright streaks and a little haze."""
    height, width = pixels.shape[:2]
    drops = np.zeros((height, width), np.uint8)
    count, slant = int(width * height * rng.uniform(0.001, 0.004)), rng.uniform(-0.3, 0.3)
    for x, y, length in rng.uniform(0, 1, (count, 3)) * (width, height, 14):
        cv2.line(drops, (int(x), int(y)), (int(x + slant * length), int(y + length + 4)), int(rng.uniform(60, 200)), 1)
    drops = cv2.cvtColor(cv2.blur(drops, (2, 2)), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(haze(pixels, rng), 0.95, drops, 0.5, 0)


def snow(pixels, rng):
    """Light specks of several sizes."""
    height, width = pixels.shape[:2]
    flakes = np.zeros((height, width), np.uint8)
    for x, y, size in rng.uniform(0, 1, (int(width * height * rng.uniform(0.0005, 0.003)), 3)):
        cv2.circle(flakes, (int(x * width), int(y * height)), int(size * 2.5), 230, -1)
    return cv2.max(pixels, cv2.cvtColor(cv2.blur(flakes, (3, 3)), cv2.COLOR_GRAY2BGR))


def haze(pixels, rng):
    """Less contrast, towards a light grey."""
    part = float(rng.uniform(0.15, 0.5))
    return cv2.addWeighted(pixels, 1 - part, np.full_like(pixels, int(rng.uniform(140, 230))), part, 0)


def blur(pixels, rng):
    """Out of focus or moving."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.5, 1.6)))
    length = int(rng.integers(2, 6))
    return cv2.blur(pixels, (length, 1) if rng.random() < 0.5 else (1, length))


def coarse(pixels, rng):
    """Through a smaller picture."""
    height, width = pixels.shape[:2]
    part = rng.uniform(0.45, 0.85)
    small = cv2.resize(pixels, (int(width * part), int(height * part)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def noise(pixels, rng):
    """Of the sensor, sometimes salt and pepper as well."""
    height, width = pixels.shape[:2]
    grains = rng.integers(0, 256, (height, width, 1), np.uint8)
    strength = float(rng.uniform(0.03, 0.2))
    mixed = cv2.addWeighted(pixels, 1.0, np.repeat(grains, 3, 2), strength, -128 * strength)
    if rng.random() < 0.3:
        few = int(rng.uniform(1, 6))
        mixed[grains[:, :, 0] < few] = 0
        mixed[grains[:, :, 0] > 255 - few] = 255
    return mixed


def grey(pixels, _rng):
    """An infrared camera's picture."""
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def compress(pixels, rng):
    """Through a codec of poor quality."""
    quality = int(rng.integers(18, 65))
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
