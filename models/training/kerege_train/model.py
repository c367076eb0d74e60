"""The network: plain 3×3 convolutions, batch normalisation and ReLU, which quantise well and which
every CPU runs fast; three scales joined downwards and upwards; a head of YOLOX's layout without anchors.

Input `[n, 3, h, w]`, BGR samples 0..255, sides multiples of 32. Raw output `[n, cells, 5 + classes]`:
x, y in cells from the cell's corner, logarithms of width and height in cells, objectness and class
logits; the cells of strides 8, 16, 32, row by row.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from .classes import CLASSES

STRIDES = (8, 16, 32)


@dataclass(frozen=True)
class Shape:
    """Channels and depths; everything else follows."""

    quarter: int = 32
    eighth: int = 64
    sixteenth: int = 96
    thirty_second: int = 128
    depths: tuple[int, int, int, int] = (1, 1, 2, 2)  # residual blocks at each scale
    neck: tuple[int, int, int] = (48, 64, 64)
    head: tuple[int, int, int] = (48, 64, 64)

    def as_dict(self) -> dict:
        """For the checkpoint."""
        return asdict(self)


class Step(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1, relu: bool = True) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2 if stride < 4 else 1, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True) if relu else nn.Identity(),
        )


class Residual(nn.Module):
    """Two 3×3 convolutions through half the channels, added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = Step(channels, channels // 2)
        self.wide = Step(channels // 2, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.wide(self.narrow(x))


class Surroundings(nn.Module):
    """The largest of ever wider windows beside the features: sight beyond the convolutions' reach."""

    def __init__(self, channels: int, outputs: int) -> None:
        super().__init__()
        self.narrow = Step(channels, channels // 2, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.join = Step(channels // 2 * 4, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.narrow(x)
        y = self.pool(x)
        z = self.pool(y)
        return self.join(torch.cat([x, y, z, self.pool(z)], 1))


class Detector(nn.Module):
    """Backbone, neck and head."""

    def __init__(self, shape: Shape | None = None, classes: int = len(CLASSES)) -> None:
        super().__init__()
        self.shape = s = shape or Shape()
        # At once to a quarter: three channels at half the size cost as much INT8 time as a third of the rest.
        self.quarter = nn.Sequential(Step(3, s.quarter, 6, stride=4), *blocks(s.quarter, s.depths[0]))
        self.eighth = stage(s.quarter, s.eighth, s.depths[1])
        self.sixteenth = stage(s.eighth, s.sixteenth, s.depths[2])
        self.thirty_second = stage(s.sixteenth, s.thirty_second, s.depths[3])
        near, middle, far = s.neck
        self.surroundings = Surroundings(s.thirty_second, far)
        self.larger = nn.Upsample(scale_factor=2, mode="nearest")
        self.side_middle = Step(s.sixteenth, middle, 1, relu=False)
        self.down_middle = Step(far, middle, 1, relu=False)
        self.join_middle = Step(middle, middle)
        self.side_near = Step(s.eighth, near, 1, relu=False)
        self.down_near = Step(middle, near, 1, relu=False)
        self.join_near = Step(near, near)
        self.up_middle = Step(near, middle, stride=2)
        self.up_far = Step(middle, far, stride=2)
        self.heads = nn.ModuleList(
            nn.Sequential(Step(inputs, width), nn.Conv2d(width, 5 + classes, 1))
            for inputs, width in zip(s.neck, s.head, strict=True)
        )
        self._begin()

    def _begin(self) -> None:
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
        for head in self.heads:
            last = head[-1]
            nn.init.normal_(last.weight, std=0.01)
            nn.init.zeros_(last.bias)
            # A road user in about one cell of a hundred.
            last.bias.data[4] = -math.log(99)
            last.bias.data[:2] = 0.5
            last.bias.data[2:4] = 0.7

    def features(self, x: Tensor) -> list[Tensor]:
        """Raw maps `[n, 5 + classes, h / stride, w / stride]` of each stride."""
        eighth = self.eighth(self.quarter(x))
        sixteenth = self.sixteenth(eighth)
        far = self.surroundings(self.thirty_second(sixteenth))
        middle = torch.relu(self.side_middle(sixteenth) + self.larger(self.down_middle(far)))
        middle = self.join_middle(middle)
        near = torch.relu(self.side_near(eighth) + self.larger(self.down_near(middle)))
        near = self.join_near(near)
        middle = middle + self.up_middle(near)
        far = far + self.up_far(middle)
        return [head(x) for head, x in zip(self.heads, (near, middle, far), strict=True)]

    def forward(self, x: Tensor) -> Tensor:
        return flatten(self.features(x * (1 / 255)))


def stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    """Halves the picture, then so many residual blocks."""
    return nn.Sequential(Step(inputs, outputs, stride=2), *blocks(outputs, depth))


def blocks(channels: int, depth: int) -> list[Residual]:
    """So many residual blocks."""
    return [Residual(channels) for _ in range(depth)]


def flatten(maps: list[Tensor]) -> Tensor:
    """`[n, cells, numbers]` from the maps of each stride."""
    return torch.cat([each.flatten(2) for each in maps], 2).transpose(1, 2)


def cells(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Corner (x, y in cells, `[cells, 2]`) and stride (`[cells, 1]`) of every cell, in the output's order."""
    corners, strides = [], []
    for stride in STRIDES:
        ys, xs = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        corners.append(torch.stack([xs, ys], 2).reshape(-1, 2).float())
        strides.append(torch.full((corners[-1].shape[0], 1), float(stride)))
    return torch.cat(corners), torch.cat(strides)
