"""Pictures of number plates in the Kyrgyz format of 2016, drawn with random text."""

from __future__ import annotations

import cv2
import numpy as np

HEIGHT, WIDTH = 24, 112


def picture(text: str) -> np.ndarray:
    """A plate as grey levels (HEIGHT, WIDTH): region, flag block with KG, digits and letters."""
    out = np.full((HEIGHT * 4, WIDTH * 4), 235, np.uint8)
    cv2.rectangle(out, (2, 2), (WIDTH * 4 - 3, HEIGHT * 4 - 3), 30, 4)
    cv2.rectangle(out, (96, 6), (150, HEIGHT * 4 - 7), 120, -1)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(out, text[:2], (14, 72), font, 2.0, 20, 7)
    cv2.putText(out, text[2:4], (98, 82), font, 1.1, 20, 4)
    cv2.putText(out, text[4:], (160, 74), font, 2.1, 20, 7)
    return cv2.resize(out, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def pictures(texts: list[str]) -> np.ndarray:
    """Plates of all road users, uint8 (n, HEIGHT, WIDTH); never empty."""
    return np.stack([picture(text) for text in texts or ["01KG000AAA"]])
