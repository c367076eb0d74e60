"""Where pictures come from and how their labels are written: YOLO, COCO, and the contract's truth.

What is known of each source is in `sources.toml`: folder, licence, what its classes mean, whether its
labels are complete, whether small road users are worth tiles. Boxes are `[x1, y1, x2, y2]` in parts
(0..1) of the picture's width and height. Text only: `pictures.py` reads the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    sha256: str = ""  # of a video; pictures stand in the data manifest
    # Meaning of each class index; none for what is not looked at.
    meanings: tuple[str | None, ...] = ()
    # `complete`: what has no label is background. `partial`: teachers complete it.
    labels: str = "partial"
    tiles: bool = False
    every: int = 1  # of a video, each so-manyth frame
    split: str = "by_scene"  # as the data manifest says, else by the scene; or train, val, test: all of it
    share: float = 0.0  # how often it is drawn in training, relative to others
    scales: tuple[float, float] = (0.6, 1.6)  # factors of the scale at 416 that it is drawn at


def read_table(path: Path = TABLE) -> list[Source]:
    """The sources of a table; `ValueError` names what is wrong with it."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = []
    for name, entry in table["source"].items():
        try:
            entry["meanings"] = tuple(word or None for word in entry.get("meanings", ()))
            entry["scales"] = tuple(entry.get("scales", (0.6, 1.6)))
            sources.append(Source(name=name, **entry))
        except TypeError as fault:
            raise ValueError(f"{path}: source {name}: {fault}") from fault
    return sources


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


def read_truth(frame: dict, height: int) -> tuple[list[tuple[str, list[float]]], list[list[float]]]:
    """Labels and ignored boxes of a frame of the contract's truth in a picture so many pixels high."""
    boxes, hidden = [], []
    for seen in frame["objects"]:
        box = [min(max(edge, 0.0), 1.0) for edge in seen["box"]]
        small = (box[3] - box[1]) * height < SMALLEST
        unclear = small or seen.get("occlusion", 0) > 0.8 or seen["class"] not in MEANINGS
        (hidden.append(box) if unclear else boxes.append((seen["class"], box)))
    return boxes, hidden
