"""The named scenes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .camera import Camera
from .demand import Demand
from .network import Programme
from .script import CameraTurned, PersonOnRoad, RedLight, Scripted, Spillback, StoppedCar, WrongWay

ROADSIDE = Camera((24.0, -40.0, 18.0), (-7.0, -12.0, 0.0), 56.0)
"""On a mast of 18 m at the south-east corner, looking over the south arm's mouth along the west arm."""


@dataclass(frozen=True)
class Spec:
    """Everything that a clip is made from."""

    name: str
    mood: str
    seed: int
    seconds: float = 60.0
    fps: float = 10.0
    camera: Camera = ROADSIDE
    demand: Demand = field(default_factory=Demand)
    programme: Programme = field(default_factory=Programme)
    scripts: tuple[Scripted, ...] = ()
    first_group: int = 1
    """Number of the first of the four signal groups, so that clips of one site do not share numbers."""
    exit_queues: tuple[str, ...] = ()
    """Arms whose way out leads to the next signal, so that standing there is a queue."""
    samples: int = 10
    """Cycles samples of the still world."""


SCENES = {
    spec.name: spec
    for spec in (
        Spec(
            "day-intersection", "day", 14,
            demand=Demand(flow={"N": 0.10, "S": 0.09, "E": 0.16, "W": 0.16}, no_left=("W",)),
            scripts=(StoppedCar(14.0, 22.0, "S", 1, 32.0), WrongWay(44.0, "S", "W", 3)),
        ),
        Spec(
            "dusk-intersection", "dusk", 5,
            demand=Demand(flow={"N": 0.10, "S": 0.09, "E": 0.17, "W": 0.17}, persons=50),
            programme=Programme(offset=10.0), first_group=11,
            scripts=(RedLight(5.0, "ew"), PersonOnRoad(38.0, "S", 26.0)),
        ),
        Spec(
            "rain-intersection", "rain", 32, seconds=70.0,
            demand=Demand(flow={"N": 0.10, "S": 0.10, "E": 0.18, "W": 0.18}, persons=36),
            first_group=21, exit_queues=("W",),
            scripts=(Spillback(8.0, 30.0, "W"), CameraTurned(60.0, -6.0)),
        ),
        Spec("quiet", "day", 2, demand=Demand(flow={"N": 0.05, "S": 0.05, "E": 0.08, "W": 0.08}, persons=20)),
    )
}


def named(name: str, seed: int | None = None, seconds: float | None = None, fps: float | None = None,
          samples: int | None = None) -> Spec:
    """A scene of the catalogue with some of its values replaced. Raises `KeyError` for an unknown name."""
    spec = SCENES[name]
    values = {"seed": seed, "seconds": seconds, "fps": fps, "samples": samples}
    return replace(spec, **{key: value for key, value in values.items() if value is not None})
