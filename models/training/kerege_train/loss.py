"""What the network is asked for.

Which cells answer for a road user is settled anew at each step (SimOTA, Ge et al. 2021, "YOLOX"),
but only among the cells around its middle, so the cost is small beside the network's. Objectness
learns the overlap of the predicted box with the true one; cells in ignored regions learn nothing.
The class is one of all (softmax); a label that allows several asks for their weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .model import STRIDES, cells

NEAR = 1  # cells on each side of the middle's
MOST = 10  # cells of one road user
IMPOSSIBLE = 1e6
# What a road user's class counts in the class loss: rare ones more. In the order of `CLASSES`.
RARITY = (0.8, 2.0, 2.0, 1.5, 2.0, 3.0, 1.2)
# What its box and its objectness count: two-wheelers and persons are small and overlap cells badly.
CARE = (1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0)


@dataclass(frozen=True)
class Targets:
    """The labels of a batch."""

    boxes: Tensor  # [g, 4] pixels
    classes: Tensor  # [g, 7] weights
    pictures: Tensor  # [g] index in the batch
    unknown: Tensor  # [n, cells] where nothing is asked


@dataclass(frozen=True)
class Weights:
    """How much each part counts."""

    box: float = 5.0
    objectness: float = 1.0
    kind: float = 1.0


def decode(raw: Tensor, corners: Tensor, strides: Tensor) -> Tensor:
    """Boxes in pixels `[..., 4]` of raw numbers of cells."""
    centre = (raw[..., :2] + corners) * strides
    half = raw[..., 2:4].clamp(-6, 6).exp() * strides / 2
    return torch.cat([centre - half, centre + half], -1)


def paired(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU (Rezatofighi et al. 2019) of boxes one by one."""
    sides = (torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])).clamp(0)
    shared = sides.prod(-1)
    union = (first[..., 2:] - first[..., :2]).prod(-1) + (second[..., 2:] - second[..., :2]).prod(-1) - shared
    hull = (torch.maximum(first[..., 2:], second[..., 2:]) - torch.minimum(first[..., :2], second[..., :2])).prod(-1)
    iou = shared / union.clamp(1e-6)
    return iou, iou - (hull - union) / hull.clamp(1e-6)


def candidates(boxes: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Cells `[g, k]` around the middle of each box on every scale, and which of them exist."""
    reach = torch.arange(-NEAR, NEAR + 1)
    ys, xs = (each.reshape(-1) for each in torch.meshgrid(reach, reach, indexing="ij"))
    centre, found, exist, start = (boxes[:, :2] + boxes[:, 2:]) / 2, [], [], 0
    for stride in STRIDES:
        across, down = width // stride, height // stride
        x = (centre[:, :1] / stride).floor().long() + xs
        y = (centre[:, 1:] / stride).floor().long() + ys
        exist.append((x >= 0) & (x < across) & (y >= 0) & (y < down))
        found.append(start + y.clamp(0, down - 1) * across + x.clamp(0, across - 1))
        start += across * down
    return torch.cat(found, 1), torch.cat(exist, 1)


@torch.no_grad()
def assign(raw: Tensor, targets: Targets, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of cell and road user: index of the picture's cell `[p]` (flat), of the road user `[p]`, IoU `[p]`."""
    corners, strides = cells(height, width)
    at, exist = candidates(targets.boxes, height, width)
    near = raw[targets.pictures[:, None], at].float()
    iou, _ = paired(decode(near, corners[at], strides[at]), targets.boxes[:, None])
    kind = (near[..., 5:].softmax(-1) * targets.classes[:, None]).sum(-1)
    score = (near[..., 4].sigmoid() * kind).clamp(1e-6)
    cost = -score.log() - 3 * iou.clamp(1e-6).log() + IMPOSSIBLE * ~exist
    most = min(MOST, at.shape[1])
    count = (iou * exist).topk(most, 1).values.sum(1).long().clamp(1, most)
    best = cost.topk(most, 1, largest=False)
    chosen = (torch.arange(most) < count[:, None]) & (best.values < IMPOSSIBLE)
    owner, slot = chosen.nonzero(as_tuple=True)
    column = best.indices[owner, slot]
    flat = targets.pictures[owner] * raw.shape[1] + at[owner, column]
    # A cell that several road users want goes to the one it costs least.
    order = cost[owner, column].argsort(stable=True)
    flat, owner, column = flat[order], owner[order], column[order]
    first = torch.full((raw.shape[0] * raw.shape[1],), len(flat), dtype=torch.long)
    first.scatter_reduce_(0, flat, torch.arange(len(flat)), "amin")
    wins = first[flat] == torch.arange(len(flat))
    return flat[wins], owner[wins], iou[owner[wins], column[wins]]


def loss(raw: Tensor, targets: Targets, size: tuple[int, int], weights: Weights = Weights()) -> dict[str, Tensor]:
    """`box`, `objectness`, `kind` and their weighted sum `all`, for raw output `[n, cells, 12]`."""
    height, width = size
    raw = raw.float()
    wanted = torch.zeros(raw.shape[0] * raw.shape[1])
    asked = (~targets.unknown.reshape(-1)).float()
    parts = {"box": raw.sum() * 0, "kind": raw.sum() * 0}
    count = 1
    if len(targets.boxes):
        flat, owner, _ = assign(raw, targets, height, width)
        corners, strides = cells(height, width)
        mine, at = raw.reshape(-1, raw.shape[2])[flat], flat % raw.shape[1]
        boxes = decode(mine, corners[at], strides[at])
        iou, giou = paired(boxes, targets.boxes[owner])
        count = max(1, len(flat))
        allowed = targets.classes[owner]
        care = torch.tensor(CARE)[allowed.argmax(1)]
        parts["box"] = ((1 - giou) * care).sum() / care.sum()
        of_allowed = (mine[:, 5:].log_softmax(-1) + allowed.clamp(1e-4).log()).logsumexp(-1)
        parts["kind"] = -(of_allowed * torch.tensor(RARITY)[allowed.argmax(1)]).sum() / count
        wanted[flat] = iou.detach().clamp(0.05)
        asked[flat] = care
    each = F.binary_cross_entropy_with_logits(raw[..., 4].reshape(-1), wanted, reduction="none")
    parts["objectness"] = (each * asked).sum() / count
    parts["all"] = (
        weights.box * parts["box"] + weights.objectness * parts["objectness"] + weights.kind * parts["kind"]
    )
    return parts
