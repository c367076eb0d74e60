"""Prepared data: small decoded pictures in one file per source, and what is known of each beside it.

`SOURCE.bin` holds the pictures' bytes one after another, `SOURCE.jsonl` a line for each: key, offset,
height, width, people's boxes, teachers' answers. A run that was cut off goes on after the last whole
line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

LONGEST = 512  # pixels; the network sees 416 at most


class Shard:
    """The cache of one source."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lines_file = folder / f"{name}.jsonl"
        self.bytes_file = folder / f"{name}.bin"
        self.lines = list(self._whole_lines())
        self._pixels: np.ndarray | None = None

    def _whole_lines(self) -> Iterator[dict]:
        if not self.lines_file.exists():
            return
        for text in self.lines_file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(text)
            except json.JSONDecodeError:
                return

    @property
    def keys(self) -> set[str]:
        """Keys of the pictures that are there."""
        return {line["key"] for line in self.lines}

    def end(self) -> int:
        """Where the next picture's bytes go."""
        return max((line["offset"] + 3 * line["height"] * line["width"] for line in self.lines), default=0)

    def extend(self, entries: Iterator[tuple[dict, np.ndarray]]) -> None:
        """Adds pictures (`[h, w, 3]` BGR bytes) with what is known of them."""
        self.lines_file.write_text("".join(json.dumps(line) + "\n" for line in self.lines), encoding="utf-8")
        with self.bytes_file.open("ab") as pixels_out, self.lines_file.open("a", encoding="utf-8") as lines_out:
            pixels_out.truncate(self.end())
            for line, pixels in entries:
                small = shrink(pixels)
                line = {**line, "offset": self.end_after(), "height": small.shape[0], "width": small.shape[1]}
                pixels_out.write(small.tobytes())
                pixels_out.flush()
                lines_out.write(json.dumps(line) + "\n")
                lines_out.flush()
                self.lines.append(line)
        self._pixels = None

    def end_after(self) -> int:
        """As `end`, from the last line alone."""
        if not self.lines:
            return 0
        last = self.lines[-1]
        return last["offset"] + 3 * last["height"] * last["width"]

    def pixels(self, line: dict) -> np.ndarray:
        """A picture `[height, width, 3]`, BGR bytes, mapped from the file."""
        if self._pixels is None:
            self._pixels = np.memmap(self.bytes_file, np.uint8, "r")
        height, width, start = line["height"], line["width"], line["offset"]
        return self._pixels[start : start + 3 * height * width].reshape(height, width, 3)


def shrink(pixels: np.ndarray) -> np.ndarray:
    """The picture with its longer side at most `LONGEST`."""
    height, width = pixels.shape[:2]
    scale = LONGEST / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    return cv2.resize(pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
