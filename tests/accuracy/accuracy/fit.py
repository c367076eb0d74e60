"""Fits the noise model to a detector on rendered frames with exact truth (tests/scenes, `./render stills`).

The latent number of `noise.py` is seen where the detector spoke and known to lie below `least` where it did not: a
censored regression, solved by maximum likelihood. Box errors come from matched pairs. What single pictures cannot
tell (how much of the scatter stays with a road user, how fast the rest changes) is taken from the file that is
replaced, and named as such.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from scipy import optimize, stats

from .noise import MODEL_WIDTH, Noise
from .scores import overlaps
from .seen import CLASSES

MATCH = 0.4
COCO = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


def folders(root: Path) -> list[Path]:
    """The rendered folders that are complete."""
    return sorted(path.parent for path in root.glob("*/DONE"))


def yolox(model: Path):
    """A detector from a YOLOX trained on COCO (416×416, letterbox at the top left, grid-relative output): a picture
    (BGR) to classes, scores and boxes (px)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name, side = session.get_inputs()[0].name, 416
    grid = np.concatenate([
        np.column_stack([*(v.ravel() for v in np.meshgrid(np.arange(side // s), np.arange(side // s))), np.full((side // s) ** 2, s)])
        for s in (8, 16, 32)
    ]).astype(float)

    def detect(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ratio = min(side / picture.shape[1], side / picture.shape[0])
        small = cv2.resize(picture, None, fx=ratio, fy=ratio)
        board = np.full((side, side, 3), 114, np.uint8)
        board[: small.shape[0], : small.shape[1]] = small
        raw = session.run(None, {name: board.transpose(2, 0, 1)[None].astype(np.float32)})[0][0].astype(float)
        centre, size = (raw[:, :2] + grid[:, :2]) * grid[:, 2:], np.exp(raw[:, 2:4]) * grid[:, 2:]
        words = list(COCO)
        score = raw[:, 4:5] * raw[:, 5:][:, words]
        best, top = score.argmax(1), score.max(1)
        keep = np.nonzero(top > 0.1)[0]
        box = np.concatenate([centre - size / 2, centre + size / 2], 1)[keep] / ratio
        picks = np.asarray(cv2.dnn.NMSBoxes(
            np.column_stack([box[:, :2], box[:, 2:] - box[:, :2]]).tolist(), top[keep].tolist(), 0.1, 0.6
        ), int).ravel() if len(keep) else np.zeros(0, int)
        cls = np.array([CLASSES.index(COCO[words[i]]) for i in best[keep][picks]], int)
        return cls, top[keep][picks], box[picks]

    return detect


def gather(detect, root: Path, say=print) -> dict[str, np.ndarray]:
    """One row per road user (`score` 0 where it was missed) and, apart, the scores of boxes of nothing."""
    rows, false, frames, confusion = defaultdict(list), [], 0, defaultdict(lambda: defaultdict(int))
    for folder in folders(root):
        truth = json.loads((folder / "truth.json").read_text())
        for n, frame in enumerate(truth["frames"]):
            picture = cv2.imread(str(folder / "frames" / f"{n:06d}.jpg"))
            if picture is None:
                continue
            frames += 1
            _match(detect(picture), frame["objects"], picture.shape, rows, false, confusion)
        say(f"fit: {folder.name}: {len(rows['score'])} road users")
    out = {name: np.array(values) for name, values in rows.items()}
    return out | {"false": np.array(false), "frames": np.array(frames), "confusion": confusion}


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
        rows["height"].append(tall)
        rows["visible"].append(1.0 - o.get("occlusion", 0.0))
        rows["inside"].append(inside[user])
        rows["score"].append(score[index] if index >= 0 else 0.0)
        side = (shown[user, 2:] - shown[user, :2])[[0, 1, 0, 1]]
        error = (box[index] - shown[user]) / side if index >= 0 else np.full(4, np.nan)
        rows["error"].append(error)
        if index >= 0:
            confusion[o["class"]][CLASSES[cls[index]]] += 1
    near = likeness.max(0) if len(objects) and len(box) else np.zeros(len(box))
    false += [float(s) for s, n, t in zip(score, near, taken_box) if not t and n < 0.2]


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
    old = np.array([before.object_sd, before.slow_sd, before.fast_sd])
    object_sd, slow_sd, fast_sd = old / np.hypot.reduce(old) * scatter
    open_ = seen & (rows["visible"] > 0.9) & (rows["inside"] > 0.98) & (rows["score"] > 0.4)
    errors = rows["error"][open_]
    spread = 1.4826 * np.median(np.abs(errors - np.median(errors, axis=0)), axis=0).mean()
    words = CLASSES[:-1]
    false = rows["false"]
    fitted = replace(
        before, base={w: round(float(v), 2) for w, v in zip(words, p)}, size=round(float(p[-4]), 2), hidden=round(float(p[-3]), 2),
        cut=round(float(p[-2]), 2), object_sd=round(float(object_sd), 2), slow_sd=round(float(slow_sd), 2),
        fast_sd=round(float(fast_sd), 2), edge_slow=round(float(spread / np.sqrt(2)), 4), edge_fast=round(float(spread / np.sqrt(2)), 4),
    )
    figures = {
        "pictures": int(rows["frames"]), "road_users": int(len(seen)), "found_share": round(float(seen.mean()), 3),
        "scatter": round(scatter, 2), "edge_error": round(float(spread), 3),
        "false_per_picture": round(len(false) / max(int(rows["frames"]), 1), 2),
        "false_over_0.4_per_picture": round(float((false > 0.4).sum()) / max(int(rows["frames"]), 1), 3),
    }
    return fitted, figures


def command(model: Path, rendered: Path, out: Path) -> None:
    """Fits a YOLOX on rendered folders and writes the parameters beside how they were come by."""
    rows = gather(yolox(model), rendered)
    fitted, figures = fit(rows, Noise.load())
    out.write_text(toml(fitted, model.name, [path.name for path in folders(rendered)], figures))
    print(f"written: {out}: {figures}")


def toml(noise: Noise, model: str, clips: list[str], figures: dict) -> str:
    """The parameter file."""
    rows = ["# The noise model of accuracy/noise.py, fitted by `./kerege bench accuracy fit`.", "", "[fit]"]
    rows += [
        'how = "censored regression on rendered frames; the parts of the scatter in time, spots, strays and flips as set in noise.toml"',
        f'model = "{model}"', f"clips = {json.dumps(clips)}",
    ]
    rows += [f"{key.replace('.', '_')} = {value}" for key, value in figures.items()] + ["", "[model]"]
    plain = {key: value for key, value in vars(noise).items() if not isinstance(value, dict)}
    rows += [f"{key} = {value}" for key, value in plain.items()] + ["", "[model.base]"]
    rows += [f"{key} = {value}" for key, value in noise.base.items()] + ["", "[model.flips]"]
    for word, chances in noise.flips.items():
        rows.append(f"{word} = {{ {', '.join(f'{name} = {chance}' for name, chance in chances.items())} }}")
    return "\n".join(rows) + "\n"
