"""All prototypes: every kind in several shapes, packed for the rasteriser.

A road user's look (shape, colours, plate) is drawn from the clip's seed and its own number only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from . import cars, kinds, materials, people, trucks
from .atlas import Atlas
from .mesh import Mesh, with_normals

SHAPES = {"car": 5, "van": 3, "bus": 3, "truck": 3, "motorcycle": 3, "bicycle": 3, "person": 14}
"""How many shapes of each kind, by class."""


@dataclass
class Prototype:
    """A mesh with the pivots of its moving parts: part → (x, z, radius or 0 for limbs)."""

    kind: kinds.Kind
    mesh: Mesh
    pivots: dict[int, tuple[float, float, float]]


def _pivots(kind: kinds.Kind, mesh: Mesh) -> dict[int, tuple[float, float, float]]:
    if kind.cls == "person":
        hip, shoulder = people.HIP, people.SHOULDER
        return {people.LEG_L: (0, hip, 0), people.LEG_R: (0, hip, 0), people.ARM_L: (0, shoulder, 0), people.ARM_R: (0, shoulder, 0)}
    out = {}
    for part in np.unique(mesh.parts):
        if part:
            p = mesh.verts[mesh.parts == part]
            low, high = p.min(0), p.max(0)
            out[int(part)] = (float((low[0] + high[0]) / 2), float((low[2] + high[2]) / 2), float((high[2] - low[2]) / 2))
    return out


def _make(kind: kinds.Kind, rng: random.Random, atlas: Atlas) -> Mesh:
    if kind.cls == "person":
        return people.person(rng)
    if kind.cls == "bicycle":
        return people.bicycle(rng)
    if kind.cls == "motorcycle":
        return people.motorcycle(rng, kind.name == "scooter")
    if kind.cls == "truck":
        return trucks.truck(kind, rng, atlas)
    if kind.cls == "bus":
        return cars.bus(kind, rng, atlas)
    if kind.name in ("marshrutka", "cargo_van"):
        return cars.van(kind, rng, atlas)
    return cars.car(kind, rng, atlas)


class Fleet:
    """The prototypes of all kinds, the same for every clip."""

    def __init__(self) -> None:
        atlas = Atlas()
        self.shapes: dict[str, list[Prototype]] = {}
        for kind in [*kinds.VEHICLES, kinds.PERSON]:
            rows = []
            for n in range(SHAPES[kind.cls]):
                mesh = with_normals(_make(kind, random.Random(f"shape-{kind.name}-{n}"), atlas))
                rows.append(Prototype(kind, mesh, _pivots(kind, mesh)))
            self.shapes[kind.name] = rows
        self.atlas = atlas.picture()


@dataclass(frozen=True)
class Look:
    """What one road user looks like; colours are linear RGB."""

    shape: int
    colour: tuple[float, float, float]
    second: tuple[float, float, float]
    plate: str
    scale: float
    gait: float
    """Where in its step it begins, 0..2π."""


def _colour(rng: random.Random, table) -> tuple[float, float, float]:
    base = rng.choices([c for _, c in table], [w for w, _ in table])[0]
    shift = rng.uniform(0.85, 1.12)
    return tuple(min(0.86, c * shift) for c in base)  # type: ignore[return-value]


def look(seed: int, number: int, kind: kinds.Kind) -> Look:
    """The look of road user `number` of the clip with this seed."""
    rng = random.Random(f"look-{seed}-{number}")
    shape = rng.randrange(SHAPES[kind.cls])
    if kind.cls in ("person", "bicycle", "motorcycle"):
        first, second = _colour(rng, materials.CLOTHES), _colour(rng, materials.CLOTHES)
    elif kind.cls == "bus":
        first, second = _colour(rng, materials.BUS_PAINTS), _colour(rng, materials.BUS_PAINTS)
    elif kind.cls == "truck":
        first, second = _colour(rng, materials.TRUCK_PAINTS), _colour(rng, materials.TRUCK_PAINTS)
    else:
        table = materials.PAINTS if kind.cls == "car" else [(6, (0.78, 0.78, 0.76)), *materials.PAINTS[1:6]]
        first, second = _colour(rng, table), _colour(rng, materials.TRUCK_PAINTS)
    scale = rng.uniform(0.90, 1.08) if kind.cls == "person" else 1.0
    return Look(shape, first, second, plate_text(rng), scale, rng.uniform(0.0, 6.28))


def plate_text(rng: random.Random) -> str:
    """A random plate in the Kyrgyz format of 2016: region, KG, three digits, three letters."""
    region = rng.choices(range(1, 10), [50, 6, 3, 5, 3, 5, 3, 20, 5])[0]
    letters = "".join(rng.choice("ABCDEFHKLMNOPRSTUVXYZ") for _ in range(3))
    return f"0{region}KG{rng.randrange(1, 1000):03d}{letters}"
