"""The pictures of a source, with what people or the renderer say is on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .sources import Source, read_coco, read_truth, read_yolo


@dataclass(frozen=True)
class Picture:
    """One picture with what people labelled on it."""

    key: str
    pixels: np.ndarray  # [height, width, 3] BGR
    boxes: list[tuple[str, list[float]]]  # meaning and box
    # Exact truth: no teacher is asked, and these regions are ignored.
    hidden: list[list[float]] | None = None


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


def _coco(folder: Path, source: Source) -> dict[str, list[tuple[str, list[float]]]]:
    file = folder / "annotations.json"
    return read_coco(json.loads(file.read_text(encoding="utf-8")), source.meanings)


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
