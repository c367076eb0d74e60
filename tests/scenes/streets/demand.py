"""Who arrives when, from where and to where: drawn from a seed, written as SUMO routes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from . import kinds
from .network import ARM_LENGTH, ARMS, LEFT, RIGHT, STRAIGHT

WARM_UP = 100.0
"""Seconds that SUMO runs before the clip begins."""


@dataclass(frozen=True)
class Demand:
    """Mean arrivals; `flow` in vehicles per second and arm, `persons` in the whole clip."""

    flow: dict[str, float] = field(
        default_factory=lambda: {"N": 0.17, "S": 0.15, "E": 0.28, "W": 0.28}
    )
    left: float = 0.16
    right: float = 0.2
    persons: int = 70
    no_left: tuple[str, ...] = ()
    """Arms from which nobody turns left, so that a lane can be kept empty for a script."""
    only: tuple[str, ...] = ()
    """If given, the kinds of vehicle that are allowed."""
    more: dict[str, float] = field(default_factory=dict)
    """Factors on the share of kinds of vehicle; 1 where nothing is said."""


def _pick_kind(rng: random.Random, demand: Demand) -> kinds.Kind:
    choice = [k for k in kinds.VEHICLES if not demand.only or k.name in demand.only]
    return rng.choices(choice, [k.share * demand.more.get(k.name, 1.0) for k in choice])[0]


def _pick_target(rng: random.Random, demand: Demand, arm: str, kind: kinds.Kind) -> str:
    roll = rng.random()
    long = kind.name in ("semi", "bus", "dump_truck")
    if roll < demand.left and arm not in demand.no_left and not long:
        return LEFT[arm]
    if roll > 1.0 - demand.right and kind.name != "semi":
        return RIGHT[arm]
    return STRAIGHT[arm]


def _vehicles(rng: random.Random, demand: Demand, end: float) -> list[tuple[float, str]]:
    rows = []
    for arm in ARMS:
        t = rng.expovariate(demand.flow[arm])
        while t < end:
            kind = _pick_kind(rng, demand)
            target = _pick_target(rng, demand, arm, kind)
            lane = ' departLane="1"' if kind.cls == "bicycle" else ' departLane="best"'
            rows.append((
                t,
                f'<vehicle id="{arm}{len(rows)}" type="{kind.name}" depart="{t:.2f}"{lane} '
                f'departSpeed="desired" departPos="base"><route edges="{arm}i {target}o"/></vehicle>',
            ))
            t += 0.6 + rng.expovariate(demand.flow[arm])
    return rows


def _persons(rng: random.Random, demand: Demand, end: float) -> list[tuple[float, str]]:
    rows = []
    for n in range(demand.persons):
        arm, to = rng.choice("NESW"), rng.choice("NESW")
        start = f"{arm}{rng.choice('io')}"
        target = f"{to}{rng.choice('io')}"
        if start == target:
            target = f"{STRAIGHT[to]}o"
        # Positions are measured along the edge, which begins at the arm's end for "i".
        near = rng.uniform(24.0, 80.0)
        far = ARM_LENGTH - near - 18.0
        depart_pos = far if start[1] == "i" else near - 20.0
        arrive_pos = 40.0 if target[1] == "o" else 100.0
        t = rng.uniform(0.0, end - 5.0)
        rows.append((
            t,
            f'<person id="p{n}" depart="{t:.2f}" departPos="{depart_pos:.1f}" '
            f'speedFactor="{rng.uniform(0.8, 1.1):.2f}">'
            f'<walk from="{start}" to="{target}" arrivalPos="{arrive_pos:.1f}"/></person>',
        ))
    return rows


def routes(seed: int, demand: Demand, seconds: float) -> str:
    """The SUMO routes file for `seconds` of clip after the warm-up."""
    rng = random.Random(f"demand-{seed}")
    end = WARM_UP + seconds
    rows = sorted(_vehicles(rng, demand, end) + _persons(rng, demand, end))
    types = "".join(kinds.sumo_type(kind) for kind in kinds.VEHICLES)
    return f"<routes>{types}{''.join(row for _, row in rows)}</routes>"
