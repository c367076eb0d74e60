"""Step 4: the ONNX file, in YOLOX's layout, and the proof that it answers as PyTorch does.

Batch normalisation is folded into the convolutions. What is left of the layout happens at the end in
floating point, outside what is quantised later: sigmoid of objectness, softmax of classes.
"""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .classes import INDEX, VEHICLES
from .model import Detector, Step, flatten

OPSET = 17
EQUAL = 1e-4


class Answer(nn.Module):
    """The network with YOLOX's output: x, y, log width, log height, objectness, class scores 0..1.

    A vehicle that might be a car or a van is still surely a vehicle. So the best of the vehicle classes
    gets the probability of all of them together, and the others their share of it: thresholds and
    tracks then go by whether a vehicle is there, and the class remains the likeliest.
    """

    def __init__(self, net: Detector) -> None:
        super().__init__()
        self.net = net
        self.vehicles = [INDEX[name] for name in VEHICLES]

    def forward(self, images: Tensor) -> Tensor:
        raw = flatten(self.net.features(images))
        kinds = raw[..., 5:].softmax(-1)
        vehicles, others = kinds[..., : len(self.vehicles)], kinds[..., len(self.vehicles) :]
        vehicles = vehicles * (vehicles.sum(-1, keepdim=True) / vehicles.amax(-1, keepdim=True))
        return torch.cat([raw[..., :4], raw[..., 4:5].sigmoid(), vehicles, others], -1)


def fused(net: Detector) -> Detector:
    """A copy with batch normalisation and the scaling of samples (1/255) folded into convolutions."""
    net = copy.deepcopy(net).eval()
    for part in net.modules():
        if isinstance(part, Step):
            part[0], part[1] = fuse_conv_bn_eval(part[0], part[1]), nn.Identity()
    with torch.no_grad():
        net.quarter[0][0].weight.mul_(1 / 255)
    return net


def export(net: Detector, file: Path, width: int, height: int) -> float:
    """Writes the model, tried at this size and good for any of multiples of 32.

    Answers the largest difference to PyTorch; `ValueError` when that is over 1e-4.
    """
    answer = Answer(fused(net)).eval()
    sample = torch.from_numpy(picture(width, height))
    torch.onnx.export(
        answer,
        (sample,),
        str(file),
        input_names=["images"],
        output_names=["output"],
        dynamic_axes={"images": {2: "height", 3: "width"}, "output": {1: "cells"}},
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(file))
    off = difference(net, file, width, height)
    if off > EQUAL:
        raise ValueError(f"{file}: differs from PyTorch by {off:.2e}, more than {EQUAL}")
    return off


def picture(width: int, height: int, seed: int = 1) -> np.ndarray:
    """Smooth random shapes with noise, `[1, 3, height, width]`, 0..255: neither empty nor mere noise."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 255, (1, 3, height // 32, width // 32)).repeat(32, 2).repeat(32, 3)
    return np.clip(coarse + rng.normal(0, 20, coarse.shape), 0, 255).astype(np.float32)


def difference(net: Detector, file: Path, width: int, height: int) -> float:
    """Largest absolute difference between the unfolded network in PyTorch and the file in ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    worst = 0.0
    for seed in (1, 2, 3):
        images = picture(width, height, seed)
        with torch.no_grad():
            wanted = Whole(net)(torch.from_numpy(images)).numpy()
        worst = max(worst, float(np.abs(session.run(None, {"images": images})[0] - wanted).max()))
    return worst


class Whole(Answer):
    """As trained: batch normalisation apart and samples scaled at the start."""

    def __init__(self, net: Detector) -> None:
        super().__init__(copy.deepcopy(net).eval())

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images / 255)
