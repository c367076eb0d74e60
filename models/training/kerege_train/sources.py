"""Where pictures come from: folders with YOLO or COCO labels, and videos that teachers label.

What is known of each source is in `sources.toml`: folder, licence, what its classes mean, whether its
labels are complete, whether small road users are worth tiles. Boxes are `[x1, y1, x2, y2]` in parts
(0..1) of the picture's width and height.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from .classes import MEANINGS

SMALLEST = 6  # pixels high; what is lower in a rendered frame is ignored
TABLE = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True)
class Source:
    """One data set."""

    name: str
    kind: str  # yolo, coco, video or rendered (folders of frames with our truth)
    path: str  # under the data folder
    licence: str
    origin: str
    # Meaning of each class index; none for what is not looked at.
    meanings: tuple[str | None, ...] = ()
    # `complete`: what has no label is background. `partial`: teachers complete it.
    labels: str = "partial"
    tiles: bool = False
    every: int = 1  # of a video, each so-manyth frame
    split: str = "by_scene"  # or train, val, test: all of it
    ignored: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Picture:
    """One picture with what people labelled on it."""

    key: str
    pixels: np.ndarray  # [height, width, 3] BGR
    boxes: list[tuple[str, list[float]]]  # meaning and box
    # Exact truth: no teacher is asked, and these regions are ignored.
    hidden: list[list[float]] | None = None


def read_table(path: Path = TABLE) -> list[Source]:
    """The sources of a table; `ValueError` names what is wrong with it."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = []
    for name, entry in table["source"].items():
        try:
            entry["meanings"] = tuple(word or None for word in entry.get("meanings", ()))
            sources.append(Source(name=name, **entry))
        except TypeError as fault:
            raise ValueError(f"{path}: source {name}: {fault}") from fault
    return sources


def pictures(source: Source, root: Path, skip: set[str], limit: int | None = None) -> Iterator[Picture]:
    """Every picture of a source that is not in `skip` (keys), in an order that never changes."""
    if source.kind == "video":
        yield from _frames(source, root, skip, limit)
        return
    if source.kind == "rendered":
        yield from _rendered(source, Path(source.path) if Path(source.path).is_absolute() else root / source.path, skip)
        return
    labels = _coco(root / source.path, source) if source.kind == "coco" else None
    files = sorted((root / source.path / "images").glob("*.jpg"))
    for file in files[:: max(1, len(files) // limit)] if limit else files:
        key = f"{source.name}/{file.stem}"
        if key in skip:
            continue
        pixels = cv2.imread(str(file))
        if pixels is None:
            raise ValueError(f"{file}: not a picture that OpenCV reads; remove it or fetch it again")
        boxes = labels.get(file.name, []) if labels is not None else _yolo(file, source)
        yield Picture(key, pixels, boxes)


def _yolo(file: Path, source: Source) -> list[tuple[str, list[float]]]:
    text = file.parent.parent / "labels" / f"{file.stem}.txt"
    if not text.exists():
        return []
    return list(read_yolo(text.read_text(encoding="utf-8"), source.meanings, str(text)))


def read_yolo(text: str, meanings: tuple[str | None, ...], origin: str) -> Iterator[tuple[str, list[float]]]:
    """The boxes of a YOLO label text: `class cx cy w h` a line, polygons as their bounds."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            index, *numbers = line.split()
            meaning = meanings[int(index)]
            values = [float(value) for value in numbers]
            if len(values) == 4:
                cx, cy, width, height = values
                box = [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2]
            elif len(values) >= 6 and len(values) % 2 == 0:
                xs, ys = values[::2], values[1::2]
                box = [min(xs), min(ys), max(xs), max(ys)]
            else:
                raise ValueError(f"{len(values)} numbers after the class")
        except (ValueError, IndexError) as fault:
            raise ValueError(f"{origin}:{number}: {line!r}: {fault}") from fault
        box = [min(max(edge, 0.0), 1.0) for edge in box]
        if meaning and box[2] > box[0] and box[3] > box[1]:
            yield meaning, box


def _coco(folder: Path, source: Source) -> dict[str, list[tuple[str, list[float]]]]:
    file = folder / "annotations.json"
    return read_coco(json.loads(file.read_text(encoding="utf-8")), source.meanings)


def read_coco(document: dict, meanings: tuple[str | None, ...]) -> dict[str, list[tuple[str, list[float]]]]:
    """Boxes by file name of a COCO document; `meanings` in the order of its `categories`."""
    order = {category["id"]: index for index, category in enumerate(document["categories"])}
    images = {image["id"]: image for image in document["images"]}
    boxes: dict[str, list[tuple[str, list[float]]]] = {image["file_name"]: [] for image in images.values()}
    for mark in document["annotations"]:
        image, meaning = images[mark["image_id"]], meanings[order[mark["category_id"]]]
        x, y, width, height = mark["bbox"]
        box = [x / image["width"], y / image["height"], (x + width) / image["width"], (y + height) / image["height"]]
        if meaning and not mark.get("iscrowd"):
            boxes[image["file_name"]].append((meaning, box))
    return boxes


def _frames(source: Source, root: Path, skip: set[str], limit: int | None) -> Iterator[Picture]:
    video = cv2.VideoCapture(str(root / source.path))
    if not video.isOpened():
        raise ValueError(f"{root / source.path}: OpenCV cannot open this video")
    count = 0
    for index in range(1 << 30):
        if not video.grab() or (limit is not None and count >= limit):
            return
        if index % source.every == 0:
            count += 1
            key = f"{source.name}/{index:06d}"
            if key not in skip:
                yield Picture(key, video.retrieve()[1], [])


def _rendered(source: Source, folder: Path, skip: set[str]) -> Iterator[Picture]:
    for scene in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not (scene / "DONE").exists():
            continue
        truth = json.loads((scene / "truth.json").read_text(encoding="utf-8"))
        for number, frame in enumerate(truth["frames"]):
            key = f"{source.name}/{scene.name}/{number:06d}"
            file = scene / "frames" / f"{number:06d}.jpg"
            if key not in skip and (pixels := cv2.imread(str(file))) is not None:
                yield Picture(key, pixels, *read_truth(frame, pixels.shape[0]))


def read_truth(frame: dict, height: int) -> tuple[list[tuple[str, list[float]]], list[list[float]]]:
    """Labels and ignored boxes of a frame of the contract's truth in a picture so many pixels high."""
    boxes, hidden = [], []
    for seen in frame["objects"]:
        box = [min(max(edge, 0.0), 1.0) for edge in seen["box"]]
        small = (box[3] - box[1]) * height < SMALLEST
        unclear = small or seen.get("occlusion", 0) > 0.8 or seen["class"] not in MEANINGS
        (hidden.append(box) if unclear else boxes.append((seen["class"], box)))
    return boxes, hidden


def sha256(file: Path) -> str:
    """Hash of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
