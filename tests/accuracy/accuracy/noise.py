"""The noise model: what a detector makes of what could be seen.

One latent number per road user and frame decides score and miss together, as in a real detector, where what is
hard to see has first a low score and then none:

    latent = base[class] + size·log2(min(h, h_max)/32) + hidden·(1 − visible) + cut·(1 − inside)
             + object + slow + fast                      (three normal terms, see below)
    score  = 1 / (1 + exp(−latent)); below `least` the detector says nothing

`h` is the height of the visible box in pixels of a 640 px wide picture. `object` stays with a road user, `slow` is a
first-order autoregressive process with time constant `slow_s`, `fast` is new in every frame: misses come in runs.
Box edges err likewise, slowly and freshly, in shares of the side. Boxes of nothing come from fixed spots that fire
now and then (some loud, most faint), at random, and as parts of large vehicles. Parameters and how they were fitted: noise.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
from scipy.special import ndtr, ndtri

from .seen import CLASSES, Rows

PUBLISHED = Path(__file__).parent.parent / "noise.toml"
MODEL_WIDTH = 640.0


@dataclass(frozen=True)
class Noise:
    """Parameters; see the module's head and noise.toml for what they mean."""

    base: dict[str, float]
    size: float
    h_max: float
    hidden: float
    cut: float
    object_sd: float
    slow_sd: float
    slow_s: float
    fast_sd: float
    least: float
    edge_slow: float
    edge_fast: float
    edge_px: float
    amodal: float
    spots: int
    spot_rate: float
    stray_rate: float
    part_rate: float
    false_latent: float
    false_sd: float
    spot_sd: float
    """The part of `false_sd` that stays with a spot."""
    flips: dict[str, dict[str, float]]
    name: str = "noise"
    """Of the file it came from."""

    @classmethod
    def load(cls, path: Path = PUBLISHED) -> "Noise":
        """Reads a parameter file. Raises `TypeError` where a parameter is missing or unknown."""
        table = tomllib.loads(path.read_text())
        return cls(**table["model"], name=path.stem)


@dataclass
class Detections:
    """What the detector says, one row per box, sorted by frame; `user` is −1 for boxes of nothing."""

    frame: np.ndarray
    user: np.ndarray
    cls: np.ndarray
    score: np.ndarray
    box: np.ndarray
    """(n, 4) px within the frame."""

    def __len__(self) -> int:
        return len(self.frame)


@numba.njit(cache=True)
def _slow(user, when, white, tau):  # pragma: no cover (compiled)
    """Autoregressive noise of unit variance per user over time; `white` (n, k) is standard normal."""
    n, k = white.shape
    users = user.max() + 1 if n else 0
    last = np.full(users, -1)
    out = white.copy()
    for i in range(n):
        j = last[user[i]]
        if j >= 0:
            rho = np.exp(-(when[i] - when[j]) / tau)
            for c in range(k):
                out[i, c] = rho * out[j, c] + np.sqrt(1.0 - rho * rho) * white[i, c]
        last[user[i]] = i
    return out


def latent(noise: Noise, cls: np.ndarray, height: np.ndarray, visible: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The part of the latent number that is not random; `height` in px of a 640 px wide picture."""
    base = np.array([noise.base.get(word, noise.base["car"]) for word in CLASSES])[cls]
    octaves = np.log2(np.clip(height, 1.0, noise.h_max) / 32.0)
    return base + noise.size * octaves + noise.hidden * (1.0 - visible) + noise.cut * (1.0 - inside)


@dataclass
class Spots:
    """Fixed things that are taken for road users: their boxes (n, 4) px, classes, and mean latent numbers."""

    box: np.ndarray
    cls: np.ndarray
    latent: np.ndarray


def spots(noise: Noise, width: int, height: int, rng: np.random.Generator) -> Spots:
    """The spots of a camera."""
    latent = noise.false_latent + noise.spot_sd * rng.standard_normal(noise.spots)
    return Spots(_nothing_box(noise.spots, width, height, rng), rng.choice([0, 0, 0, 6, 3], noise.spots), latent)


def strong_share(noise: Noise, some: Spots, least: float) -> np.ndarray:
    """In which share of all frames each spot has a score of `least` or more."""
    limit = np.log(least / (1.0 - least))
    rest = np.sqrt(max(noise.false_sd**2 - noise.spot_sd**2, 1e-9))
    return noise.spot_rate * ndtr((some.latent - limit) / rest)


def detect(
    noise: Noise, rows: Rows, t: np.ndarray, width: int, height: int, rng: np.random.Generator, known: Spots | None = None
) -> Detections:
    """Detections of everybody in `rows` and of nothing, for frames at times `t`; spots are drawn unless they are known."""
    true = _of_users(noise, rows, t, width, height, rng)
    some = spots(noise, width, height, rng) if known is None else known
    parts = [true, _spots(noise, some, t, width, height, rng), _strays(noise, t, width, height, rng), _parts(noise, true, rng)]
    joined = [np.concatenate([getattr(p, name) for p in parts]) for name in ("frame", "user", "cls", "score", "box")]
    order = np.argsort(joined[0], kind="stable")
    return Detections(*(column[order] for column in joined))


def _of_users(noise: Noise, rows: Rows, t, width, height, rng) -> Detections:
    n = len(rows)
    wobble = _slow(rows.user, t[rows.frame], rng.standard_normal((n, 5)), noise.slow_s)
    users = int(rows.user.max()) + 1 if n else 0
    tall = (rows.shown[:, 3] - rows.shown[:, 1]) * MODEL_WIDTH / width
    value = latent(noise, rows.cls, tall, rows.visible, rows.inside)
    value = value + noise.object_sd * rng.standard_normal(users)[rows.user] + noise.slow_sd * wobble[:, 0]
    value = value + noise.fast_sd * rng.standard_normal(n)
    score = 1.0 / (1.0 + np.exp(-value))
    whole = np.clip(rows.box, 0.0, (width, height, width, height))
    box = rows.shown + noise.amodal * (whole - rows.shown)
    side = (box[:, 2:] - box[:, :2])[:, [0, 1, 0, 1]]
    # Who is badly seen is badly placed: up to twice the error at the lowest scores.
    worse = (1.0 + np.clip(0.7 - score, 0.0, 0.7) / 0.7)[:, None]
    error = noise.edge_slow * wobble[:, 1:] + noise.edge_fast * rng.standard_normal((n, 4))
    box = box + worse * error * side + noise.edge_px * width / MODEL_WIDTH * rng.standard_normal((n, 4))
    box = np.clip(box, 0.0, (width, height, width, height))
    keep = (score >= noise.least) & (rows.visible > 0.02) & (box[:, 2] - box[:, 0] > 2) & (box[:, 3] - box[:, 1] > 2)
    cls = _flip(noise, rows.cls, rng)
    return Detections(rows.frame[keep], rows.user[keep], cls[keep], score[keep], box[keep])


def _flip(noise: Noise, cls: np.ndarray, rng) -> np.ndarray:
    out = cls.copy()
    for word, chances in noise.flips.items():
        mine = np.nonzero(cls == CLASSES.index(word))[0]
        names = list(chances)
        p = [chances[name] for name in names]
        picks = rng.choice(len(names) + 1, len(mine), p=[*p, 1.0 - sum(p)])
        table = np.array([*(CLASSES.index(name) for name in names), CLASSES.index(word)])
        out[mine] = table[picks]
    return out


def _false_score(noise: Noise, n: int, rng) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-(noise.false_latent + noise.false_sd * rng.standard_normal(n))))


def _kept(noise: Noise, frame, cls, score, box, width, height) -> Detections:
    box = np.clip(box, 0.0, (width, height, width, height))
    keep = (score >= noise.least) & (box[:, 2] - box[:, 0] > 2) & (box[:, 3] - box[:, 1] > 2)
    return Detections(frame[keep], np.full(keep.sum(), -1), cls[keep], score[keep], box[keep])


def _nothing_box(n: int, width: int, height: int, rng) -> np.ndarray:
    """Boxes anywhere in the lower four fifths, larger further down."""
    x, y = rng.uniform(0, width, n), rng.uniform(0.2, 1.0, n) * height
    tall = (0.02 + 0.12 * y / height * rng.uniform(0.5, 1.5, n)) * height
    wide = tall * rng.uniform(0.4, 2.0, n)
    return np.stack([x - wide / 2, y - tall, x + wide / 2, y], 1)


def _spots(noise: Noise, some: Spots, t, width, height, rng) -> Detections:
    """Boxes of spots, which come and go for a while."""
    frames, n = len(t), len(some.box)
    which, frame = np.tile(np.arange(n), frames), np.repeat(np.arange(frames), n)
    wave = _slow(which, t[frame], rng.standard_normal((len(frame), 1)), 2.0)[:, 0]
    on = wave > -ndtri(noise.spot_rate)
    which, frame = which[on], frame[on]
    side = (some.box[which, 2:] - some.box[which, :2])[:, [0, 1, 0, 1]]
    box = some.box[which] + noise.edge_fast * side * rng.standard_normal((len(which), 4))
    rest = np.sqrt(max(noise.false_sd**2 - noise.spot_sd**2, 0.0))
    score = 1.0 / (1.0 + np.exp(-(some.latent[which] + rest * rng.standard_normal(len(which)))))
    return _kept(noise, frame, some.cls[which], score, box, width, height)


def _strays(noise: Noise, t, width, height, rng) -> Detections:
    """Boxes of nothing that come once."""
    counts = rng.poisson(noise.stray_rate, len(t))
    frame = np.repeat(np.arange(len(t)), counts)
    n = len(frame)
    cls = rng.choice([0, 0, 0, 6, 3], n)
    return _kept(noise, frame, cls, _false_score(noise, n, rng), _nothing_box(n, width, height, rng), width, height)


def _parts(noise: Noise, true: Detections, rng) -> Detections:
    """A second box on half of a large vehicle."""
    tall = true.box[:, 3] - true.box[:, 1]
    large = np.isin(true.cls, (CLASSES.index("bus"), CLASSES.index("truck"), CLASSES.index("van"))) & (tall > 40)
    picks = np.nonzero(large & (rng.random(len(true)) < noise.part_rate))[0]
    box, n = true.box[picks].copy(), len(picks)
    wide = box[:, 2] - box[:, 0]
    left = rng.random(n) < 0.5
    box[:, 2] = np.where(left, box[:, 0] + wide * rng.uniform(0.4, 0.7, n), box[:, 2])
    box[:, 0] = np.where(left, box[:, 0], box[:, 2] - wide * rng.uniform(0.4, 0.7, n))
    score = _false_score(noise, n, rng)
    keep = score >= noise.least
    cls = rng.choice([CLASSES.index("car"), CLASSES.index("van"), CLASSES.index("truck")], n)
    return Detections(true.frame[picks][keep], np.full(keep.sum(), -1), cls[keep], score[keep], box[keep])
