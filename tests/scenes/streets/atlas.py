"""Pictures of materials that are projected onto bodies: windows, doors, lamps and grilles.

A *sheet* holds a prototype's side, front, rear and top view, drawn in metres; the atlas packs the
sheets of all prototypes into one array of material numbers that the shader reads by texel.
"""

from __future__ import annotations

import cv2
import numpy as np

from . import materials as m

TEXELS = 56.0
"""Texels per metre."""

WIDTH = 1024
MARGIN = 4


class View:
    """One flat drawing; `left`, `bottom` are the coordinates of its lower left corner in metres."""

    def __init__(self, left: float, bottom: float, width: float, height: float, base: int) -> None:
        self.left, self.top = left, bottom + height
        shape = (int(height * TEXELS) + 2 * MARGIN, int(width * TEXELS) + 2 * MARGIN)
        self.picture = np.full(shape, base, np.uint8)
        self.origin = (0, 0)

    def texels(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Texels (n,2) of points given by their two coordinates in metres."""
        return np.stack([
            np.clip((a - self.left) * TEXELS + MARGIN, 0, self.picture.shape[1] - 1) + self.origin[0],
            np.clip((self.top - b) * TEXELS + MARGIN, 0, self.picture.shape[0] - 1) + self.origin[1],
        ], -1).astype(np.float32)

    def _own(self, points) -> np.ndarray:
        p = np.asarray(points, float)
        return np.round(np.stack([
            (p[:, 0] - self.left) * TEXELS + MARGIN, (self.top - p[:, 1]) * TEXELS + MARGIN
        ], -1)).astype(np.int32)

    def fill(self, points, mat: int) -> None:
        """Fills a polygon."""
        cv2.fillPoly(self.picture, [self._own(points)], int(mat))

    def rect(self, x1: float, y1: float, x2: float, y2: float, mat: int) -> None:
        """Fills a rectangle."""
        self.fill([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], mat)

    def disc(self, x: float, y: float, radius: float, mat: int) -> None:
        """Fills a disc."""
        cv2.circle(self.picture, tuple(int(v) for v in self._own([(x, y)])[0]), int(radius * TEXELS), int(mat), -1)

    def line(self, points, mat: int, width: float = 0.02) -> None:
        """Draws a line."""
        cv2.polylines(self.picture, [self._own(points)], False, int(mat), max(1, round(width * TEXELS)))


class Sheet:
    """The four views of a body of the given length, width and height (metres)."""

    def __init__(self, length: float, width: float, height: float, base: int = m.PAINT) -> None:
        self.side = View(-length / 2, 0.0, length, height, base)
        self.front = View(-width / 2, 0.0, width, height, base)
        self.rear = View(-width / 2, 0.0, width, height, base)
        self.top = View(-length / 2, -width / 2, length, width, base)

    def views(self) -> dict:
        """Functions from body points to texels, for `mesh.projected`."""
        return {
            "side": lambda p: self.side.texels(p[:, 0], p[:, 2]),
            "front": lambda p: self.front.texels(p[:, 1], p[:, 2]),
            "rear": lambda p: self.rear.texels(p[:, 1], p[:, 2]),
            "top": lambda p: self.top.texels(p[:, 0], p[:, 1]),
        }

    def both(self, draw) -> None:
        """Draws on the front view and the rear view."""
        draw(self.front)
        draw(self.rear)


class Atlas:
    """All sheets in one picture."""

    def __init__(self) -> None:
        self._views: list[View] = []
        self._x = self._y = self._row = 0

    def add(self, sheet: Sheet) -> None:
        """Reserves room for a sheet; call before its texels are asked for."""
        for view in (sheet.side, sheet.front, sheet.rear, sheet.top):
            height, width = view.picture.shape
            if self._x + width > WIDTH:
                self._x, self._y, self._row = 0, self._y + self._row, 0
            view.origin = (self._x, self._y)
            self._x += width
            self._row = max(self._row, height)
            self._views.append(view)

    def picture(self) -> np.ndarray:
        """Material numbers, uint8, shape (height, WIDTH)."""
        out = np.full((self._y + self._row + 1, WIDTH), m.PAINT, np.uint8)
        for view in self._views:
            x, y = view.origin
            height, width = view.picture.shape
            out[y:y + height, x:x + width] = view.picture
        return out
