"""The manifest by which the box knows a model that was trained here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .classes import CLASSES


@dataclass(frozen=True)
class Model:
    """One manifest."""

    name: str
    file: str
    precision: str  # int8 or fp32
    width: int
    height: int
    about: str
    fallback: str | None = None


# Named apart from those that come with the box, which a folder of one's own cannot replace.
MODELS = (
    Model("own-nano", "kerege-nano.onnx", "int8", 416, 416, "A detector of one's own, INT8.", "own-nano-fp32"),
    Model("own-nano-fp32", "kerege-nano-fp32.onnx", "fp32", 416, 416, "A detector of one's own in floating point."),
    Model(
        "own-nano-wide", "kerege-nano.onnx", "int8", 640, 352,
        "A detector of one's own, INT8, for wide pictures and small road users: the same file, a larger input.",
        "own-nano-wide-fp32",
    ),
    Model(
        "own-nano-wide-fp32", "kerege-nano-fp32.onnx", "fp32", 640, 352,
        "A detector of one's own in floating point, for wide pictures: the same file, a larger input.",
    ),
)


def text(model: Model, weights: bytes, licence: str, golden: str = "") -> str:
    """The manifest's TOML; `golden` is what `kerege-edge models golden` prints."""
    lines = [
        f"# {model.about} Made by ./kerege train.",
        f'name = "{model.name}"',
        f'file = "{model.file}"',
        f'sha256 = "{hashlib.sha256(weights).hexdigest()}"',
        f"bytes = {len(weights)}",
        f'licence = "{licence}"',
        f'precision = "{model.precision}"',
    ]
    if model.fallback:
        lines.append(f'fallback = "{model.fallback}"')
    lines += [
        "",
        "[input]",
        'layout = "nchw"',
        f"width = {model.width}",
        f"height = {model.height}",
        'channels = "bgr"',
        'resize = "letterbox_top_left"',
        "fill = 114",
        "mean = [0, 0, 0]",
        "std = [1, 1, 1]",
        "",
        "[output]",
        'family = "yolox"',
        "strides = [8, 16, 32]",
        f"classes = {len(CLASSES)}",
        "# Low on purpose: the tracker's second stage lives on boxes of low score.",
        "score_threshold = 0.1",
        "nms_iou = 0.45",
        'riders = "apart" # real pictures mark a rider as a person on the cycle',
        "",
    ]
    if golden:
        lines += [golden.strip(), ""]
    for index, name in enumerate(CLASSES):
        lines += ["[[class]]", f"index = {index}", f'name = "{name}"', f'means = "{name}"', ""]
    return "\n".join(lines).rstrip() + "\n"
