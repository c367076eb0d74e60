"""Fits the noise model to a detector on rendered clips with exact truth (tests/scenes; those of deploy/demo).

The latent number of `noise.py` is seen where the detector spoke and known to lie below `least` where it did not: a
censored regression, solved by maximum likelihood. Box errors come from matched pairs. How much of a scatter stays with
a road user and how fast the rest changes is told by pictures of the same road user at different times.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from scipy import optimize, stats

from .detector import yolox
from .noise import MODEL_WIDTH, Noise
from .scores import overlaps
from .seen import CLASSES

MATCH = 0.4
SPOT_PX, SPOT_TIMES = 12.0, 8
"""Boxes of nothing within so many pixels, as often in a clip, are a thing that is taken for a road user."""


def gather(detect, root: Path, every_s: float, say=print) -> dict[str, np.ndarray]:
    """One row per road user (`score` 0 where it was missed) and, apart, the boxes of nothing, from clips
    (`NAME.mp4` with `NAME.truth.json` beside it, exact truth of each frame), a picture each `every_s` seconds."""
    rows, false, frames, confusion = defaultdict(list), [], 0, defaultdict(lambda: defaultdict(int))
    for number, path in enumerate(sorted(root.glob("*.truth.json"))):
        truth = json.loads(path.read_text())
        clip = cv2.VideoCapture(str(path).replace(".truth.json", ".mp4"))
        stride = max(1, round(every_s * truth["fps"]))
        for n, frame in enumerate(truth["frames"]):
            good, picture = clip.read()
            if not good:
                break
            if n % stride == 0:
                before, mistaken = len(rows["cls"]), len(false)
                frames += 1
                _match(detect(picture), frame["objects"], picture.shape, rows, false, confusion)
                rows["t"] += [1000.0 * number + frame["t"]] * (len(rows["cls"]) - before)
                false[mistaken:] = [(1000.0 * number + frame["t"], *one) for one in false[mistaken:]]
        say(f"fit: {path.name}: {len(rows['score'])} road users")
    out = {name: np.array(values) for name, values in rows.items()}
    return out | {"false": np.array(false).reshape(-1, 7), "frames": np.array(frames), "confusion": confusion}


def _match(found, objects: list[dict], shape, rows, false: list, confusion) -> None:
    height, width = shape[:2]
    cls, score, box = found
    unit = np.array([width, height, width, height], float)
    shown = np.array([o["box"] for o in objects], float).reshape(-1, 4) * unit
    whole = np.array([o.get("full", o["box"]) for o in objects], float).reshape(-1, 4) * unit
    cut = np.clip(whole, 0.0, (width, height, width, height))
    likeness = np.maximum(overlaps(shown, box), overlaps(cut, box))
    taken_user, taken_box = np.full(len(objects), -1), np.zeros(len(box), bool)
    for flat in np.argsort(-likeness, axis=None):
        user, index = np.unravel_index(flat, likeness.shape)
        if likeness[user, index] < MATCH:
            break
        if taken_user[user] < 0 and not taken_box[index]:
            taken_user[user], taken_box[index] = index, True
    area = lambda v: np.maximum(np.prod(np.clip(v[:, 2:] - v[:, :2], 0.0, None), axis=1), 1e-9)  # noqa: E731
    inside = area(cut) / area(whole)
    for user, o in enumerate(objects):
        index, tall = taken_user[user], (shown[user, 3] - shown[user, 1]) * MODEL_WIDTH / width
        if tall < 5.0:
            continue
        rows["cls"].append(CLASSES.index(o["class"]))
        rows["user"].append(o["id"])
        rows["height"].append(tall)
        rows["visible"].append(1.0 - o.get("occlusion", 0.0))
        rows["inside"].append(inside[user])
        rows["score"].append(score[index] if index >= 0 else 0.0)
        side = (shown[user, 2:] - shown[user, :2])[[0, 1, 0, 1]]
        error = (box[index] - shown[user]) / side if index >= 0 else np.full(4, np.nan)
        rows["error"].append(error)
        rows["side"].append(side)
        if index >= 0:
            confusion[o["class"]][CLASSES[cls[index]]] += 1
    near = likeness.max(0) if len(objects) and len(box) else np.zeros(len(box))
    within = _within(box, cut)
    false += [(float(s), *b, float(i)) for s, b, n, t, i in zip(score, box, near, taken_box, within) if not t and n < 0.2]


def _within(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The largest share of each box (n, 4) that lies in one of the others (m, 4)."""
    if not len(box) or not len(others):
        return np.zeros(len(box))
    low, high = np.maximum(box[:, None, :2], others[None, :, :2]), np.minimum(box[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    return shared.max(1) / np.maximum(np.prod(box[:, 2:] - box[:, :2], axis=1), 1e-9)


def _design(rows, h_max: float) -> np.ndarray:
    words = list(range(len(CLASSES) - 1))
    base = np.stack([(rows["cls"] == w).astype(float) for w in words], 1)
    octaves = np.log2(np.clip(rows["height"], 1.0, h_max) / 32.0)
    return np.column_stack([base, octaves, 1.0 - rows["visible"], 1.0 - rows["inside"]])


def fit(rows: dict, before: Noise) -> tuple[Noise, dict]:
    """The fitted model, and figures of the fit (road users, share found, scatter)."""
    x = _design(rows, before.h_max)
    seen = rows["score"] >= before.least
    y = np.log(np.clip(rows["score"], 1e-6, 1 - 1e-6) / (1 - np.clip(rows["score"], 1e-6, 1 - 1e-6)))
    limit = np.log(before.least / (1 - before.least))

    def loss(p: np.ndarray) -> float:
        mean, sd = x @ p[:-1], np.exp(p[-1])
        likelihood = stats.norm.logpdf(y[seen], mean[seen], sd).sum() + stats.norm.logcdf((limit - mean[~seen]) / sd).sum()
        # A weak pull towards the middle keeps classes apart that are hardly in the pictures.
        return -likelihood + 0.05 * ((p[: len(CLASSES) - 1] - p[: len(CLASSES) - 1].mean()) ** 2).sum()

    start = np.r_[np.zeros(len(CLASSES) - 1), 1.0, -3.0, -1.0, 0.0]
    p = optimize.minimize(loss, start, method="L-BFGS-B").x
    scatter = float(np.exp(p[-1]))
    mean = x @ p[:-1]
    object_sd, slow_sd, fast_sd, slow_s = _in_time(rows, (y - mean)[:, None], seen & (mean > limit + scatter), before.slow_s)
    open_ = seen & (rows["visible"] > 0.9) & (rows["inside"] > 0.98) & (rows["score"] > 0.4)
    errors = rows["error"] - np.median(rows["error"][open_], axis=0)
    spread, floor_px = _edges(errors[open_], rows["side"][open_])
    kept, slow, fast, _ = _in_time(rows, np.clip(errors, -4 * spread, 4 * spread), open_, before.slow_s)
    share = np.array([np.hypot(kept, slow), fast]) / np.hypot.reduce([kept, slow, fast])
    chances = {word: {to: round(n / sum(row.values()), 3) for to, n in row.items() if to != word and n >= 0.01 * sum(row.values())}
               for word, row in rows["confusion"].items()}
    fitted = replace(
        before, **{name: round(float(value), 2) for name, value in zip(("size", "hidden", "cut"), p[-4:-1])},
        base={w: round(float(v), 2) for w, v in zip(CLASSES[:-1], p)}, flips={w: c for w, c in chances.items() if c},
        object_sd=round(object_sd * scatter, 2), slow_sd=round(slow_sd * scatter, 2), fast_sd=round(fast_sd * scatter, 2), slow_s=round(slow_s, 2),
        edge_slow=round(float(spread * share[0]), 4), edge_fast=round(float(spread * share[1]), 4),
        edge_px=round(floor_px, 2), **_nothing(rows, before),
    )
    false = rows["false"][:, 1]
    figures = {
        "pictures": int(rows["frames"]), "road_users": int(len(seen)), "found_share": round(float(seen.mean()), 3),
        "scatter": round(scatter, 2), "edge_error": round(float(spread), 3),
        "false_per_picture": round(len(false) / max(int(rows["frames"]), 1), 2),
        "false_over_0_45_per_picture": round(float((false > 0.45).sum()) / max(int(rows["frames"]), 1), 3),
    }
    return fitted, figures


def _edges(errors: np.ndarray, side: np.ndarray) -> tuple[float, float]:
    """Error of an edge as a share of the side and, beside it, in pixels (one standard deviation each), from relative
    errors (n, 4) of sides (n, 4) px: squares add, so that a line through the squares of quantiles tells both."""
    off, size = (errors * side).ravel(), side.ravel()
    bins = np.quantile(size, np.linspace(0.0, 1.0, 9))
    parts = [(size >= a) & (size < b) for a, b in zip(bins[:-1], bins[1:])]
    x = np.array([np.median(size[p]) ** 2 for p in parts])
    y = np.array([(1.4826 * np.median(np.abs(off[p]))) ** 2 for p in parts])
    weight = 1.0 / y
    (share, floor), _ = optimize.nnls(np.column_stack([x, np.ones(len(x))]) * weight[:, None], y * weight)
    return float(np.sqrt(share)), float(np.sqrt(floor))


def _in_time(rows: dict, r: np.ndarray, use: np.ndarray, slow_s: float) -> tuple[float, float, float, float]:
    """How a scatter of unit variance divides into what stays with a road user, what changes slowly, and what is new in
    every picture; and the slow part's time constant, seconds. From how alike two residuals (n, k) of one road user are
    by the time between them."""
    who = rows["user"] + 10_000 * (rows["t"] // 1000.0).astype(int)
    order = np.lexsort((rows["t"], who))
    order = order[use[order]]
    table: dict[int, list[float]] = defaultdict(list)
    base = float(np.mean(r[order] ** 2))
    for lag in range(1, 40):
        a, b = order[:-lag], order[lag:]
        same = who[a] == who[b]
        gap = np.round((rows["t"][b] - rows["t"][a])[same] / 0.2).astype(int)
        for g, product in zip(gap, (r[a] * r[b]).mean(1)[same]):
            table[int(g)].append(float(product))
    alike = lambda g: np.mean(table[g]) / base if len(table.get(g, ())) > 50 else np.nan  # noqa: E731
    near, far = alike(1), np.nanmean([alike(g) for g in range(20, 35)])
    far = float(np.clip(far, 0.0, 0.95))
    slow = float(np.clip(near - far, 0.01, 0.98 - far))
    times = [0.2 * g / -np.log(v) for g in range(2, 8) if 0.05 < (v := (alike(g) - far) / slow) < 0.95]
    slow_s = float(np.clip(np.median(times), 0.2, 5.0)) if times else slow_s
    slow = min(slow * float(np.exp(0.2 / slow_s)), 0.98 - far)
    return float(np.sqrt(far)), float(np.sqrt(slow)), float(np.sqrt(1.0 - far - slow)), slow_s


def _nothing(rows: dict, before: Noise) -> dict:
    """Boxes of nothing: those within a road user are parts of one; of the others, those that come again in the same place
    are spots, the rest come once. Rates are of all, those too weak to be told included."""
    part = rows["false"][:, 6] > 0.5
    t, score, box = rows["false"][~part, 0], rows["false"][~part, 1], rows["false"][~part, 2:6]
    if len(t) < 50:
        return {}
    clip, frames = (t // 1000.0).astype(int), int(rows["frames"])
    # The same place: the same cell of a grid as wide as a small box.
    cell = np.round(np.column_stack([box[:, [0, 2]].mean(1), box[:, 3]]) / SPOT_PX).astype(int)
    _, index, count = np.unique(np.column_stack([clip, cell]), axis=0, return_inverse=True, return_counts=True)
    spread = np.array([np.ptp(t[index.ravel() == n]) for n in range(len(count))])
    is_spot = (count >= SPOT_TIMES) & (spread > 2.0)
    again = is_spot[index.ravel()]
    spots = max(1, round(float(is_spot.sum()) / len(np.unique(clip))))
    latent, limit = np.log(score / (1.0 - score)), np.log(before.least / (1.0 - before.least))
    loss = lambda p: -stats.norm.logpdf(latent, p[0], np.exp(p[1])).sum() + len(latent) * stats.norm.logsf(limit, p[0], np.exp(p[1]))  # noqa: E731
    mean, log_sd = optimize.minimize(loss, [-1.5, 0.0], method="Nelder-Mead").x
    told = float(stats.norm.sf(limit, mean, np.exp(log_sd)))
    # How far spots differ, of all scatter: from those seen often.
    often = [latent[index.ravel() == n] for n in np.flatnonzero(is_spot)]
    between, inside = np.std([v.mean() for v in often]), np.sqrt(np.mean([v.var() for v in often]))
    spot_sd = np.exp(log_sd) * between / np.hypot(between, inside)
    large = np.isin(rows["cls"], [CLASSES.index(word) for word in ("bus", "truck", "van")]) & (rows["height"] > 20.0) & (rows["score"] >= before.least)
    return {
        "spots": spots, "spot_rate": round(float(again.sum()) / frames / spots / told, 3),
        "stray_rate": round(float((~again).sum()) / frames / told, 3), "part_rate": round(min(float(part.sum()) / told / max(int(large.sum()), 1), 0.5), 3),
        "spot_sd": round(float(spot_sd), 2), "false_latent": round(float(mean), 2), "false_sd": round(float(np.exp(log_sd)), 2),
    }


def command(model: Path, clips: Path, out: Path) -> None:
    """Fits a detector on clips and writes the parameters beside how they were come by."""
    rows = gather(yolox(model), clips, 0.2)
    fitted, figures = fit(rows, Noise.load())
    out.write_text(toml(fitted, model.name, [path.name.split(".")[0] for path in sorted(clips.glob("*.truth.json"))], figures))
    print(f"written: {out}: {figures}")


def toml(noise: Noise, model: str, clips: list[str], figures: dict) -> str:
    """The parameter file."""
    rows = ["# The noise model of accuracy/noise.py, fitted by `./kerege bench accuracy fit`.", "", "[fit]"]
    rows += [
        'how = "censored regression on rendered clips; its parts in time from how alike residuals of one road user are; amodal as before"',
        f'model = "{model}"', f"clips = {json.dumps(clips)}",
    ]
    rows += [f"{key.replace('.', '_')} = {value}" for key, value in figures.items()] + ["", "[model]"]
    plain = {key: value for key, value in vars(noise).items() if not isinstance(value, dict) and key != "name"}
    rows += [f"{key} = {value}" for key, value in plain.items()] + ["", "[model.base]"]
    rows += [f"{key} = {value}" for key, value in noise.base.items()] + ["", "[model.flips]"]
    for word, chances in noise.flips.items():
        rows.append(f"{word} = {{ {', '.join(f'{name} = {chance}' for name, chance in chances.items())} }}")
    return "\n".join(rows) + "\n"
