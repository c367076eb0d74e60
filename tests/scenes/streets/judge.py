"""How a real detector sees the rendered pictures: found road users by class and size.

    python -m streets.judge MODEL.onnx CLIP_FOLDER

The model is a YOLOX trained on COCO (416×416, letterbox at the top left, grid-relative output); it needs
the package `onnxruntime`. A road user counts as found when a detection of a fitting class overlaps its
visible box by 0.4 or more.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

SIZE = 416
COCO = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
FITS = {
    "car": {"car", "truck"}, "van": {"car", "truck", "bus"}, "bus": {"bus", "truck"}, "truck": {"truck", "bus", "car"},
    "motorcycle": {"motorcycle", "bicycle", "person"}, "bicycle": {"bicycle", "motorcycle", "person"}, "person": {"person"},
}
BANDS = ((0, 12), (12, 20), (20, 32), (32, 64), (64, 999))
"""Heights of the visible box in pixels of the clip."""


def _decode(raw: np.ndarray) -> np.ndarray:
    rows, start = raw.copy(), 0
    for stride in (8, 16, 32):
        n = SIZE // stride
        y, x = np.mgrid[0:n, 0:n]
        part = rows[start:start + n * n]
        part[:, :2] = (part[:, :2] + np.stack([x.ravel(), y.ravel()], 1)) * stride
        part[:, 2:4] = np.exp(part[:, 2:4]) * stride
        start += n * n
    return rows


def detect(session, picture: np.ndarray, threshold: float) -> list[tuple[str, float, np.ndarray]]:
    """Detections (class word, score, box in pixels) of one BGR picture."""
    ratio = min(SIZE / picture.shape[1], SIZE / picture.shape[0])
    small = cv2.resize(picture, None, fx=ratio, fy=ratio)
    board = np.full((SIZE, SIZE, 3), 114, np.uint8)
    board[:small.shape[0], :small.shape[1]] = small
    raw = session.run(None, {session.get_inputs()[0].name: board.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
    rows = _decode(raw)
    score = rows[:, 4:5] * rows[:, 5:]
    out = []
    for index, word in COCO.items():
        keep = np.nonzero(score[:, index] > threshold)[0]
        c = rows[keep, :4]
        boxes = np.column_stack([c[:, 0] - c[:, 2] / 2, c[:, 1] - c[:, 3] / 2, c[:, 2], c[:, 3]]) / ratio
        picks = cv2.dnn.NMSBoxes(boxes.tolist(), score[keep, index].tolist(), threshold, 0.5) if len(keep) else []
        for i in np.asarray(picks, int).ravel():
            x, y, w, h = boxes[i]
            out.append((word, float(score[keep[i], index]), np.array([x, y, x + w, y + h])))
    return out


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Overlap of two boxes."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return float(w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h))


def judge(model: Path, folder: Path, threshold: float = 0.25, every: int = 10) -> dict:
    """Found and all road users by class and height band, and false detections, over every n-th frame."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options)
    table: dict = defaultdict(lambda: [0, 0])
    words: dict = defaultdict(lambda: defaultdict(int))
    false = frames = 0
    for file in sorted((folder / "frames").glob("*.json"))[::every]:
        picture = cv2.imread(str(file.with_suffix(".png")))
        height, width = picture.shape[:2]
        users = json.loads(file.read_text())["objects"]
        found = detect(session, picture, threshold)
        boxes = [np.array(u["box"]) * (width, height, width, height) for u in users]
        frames += 1
        for user, box in zip(users, boxes):
            if user.get("occlusion", 0.0) > 0.6:
                continue
            tall = box[3] - box[1]
            band = next(b for b in BANDS if b[0] <= tall < b[1])
            hits = [(iou(box, d[2]), d[0]) for d in found if d[0] in FITS[user["class"]]]
            best = max(hits, default=(0.0, ""))
            table[user["class"], band][1] += 1
            if best[0] >= 0.4:
                table[user["class"], band][0] += 1
                words[user["class"]][best[1]] += 1
        false += sum(max((iou(b, d[2]) for b in boxes), default=0.0) < 0.2 for d in found)
    return {"table": dict(table), "words": {k: dict(v) for k, v in words.items()}, "false": false, "frames": frames}


def main() -> None:
    """Prints the judgement."""
    result = judge(Path(sys.argv[1]), Path(sys.argv[2]))
    for (cls, band), (found, all_) in sorted(result["table"].items()):
        print(f"{cls:11} {band[0]:3}..{band[1]:3} px high: {found:4} of {all_:4} found ({100 * found / all_:.0f} %)")
    print("taken for:", result["words"])
    print(f"detections of nothing: {result['false']} in {result['frames']} frames")


if __name__ == "__main__":
    main()
