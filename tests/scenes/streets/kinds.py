"""The kinds of road user: size, class of the contract, share of the traffic and driving manner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of road user; lengths in metres, accelerations in m/s²."""

    name: str
    cls: str
    """Word of the contract's road user class."""
    length: float
    width: float
    height: float
    share: float
    """Relative share of its group (vehicles; persons are drawn apart)."""
    accel: float = 2.2
    decel: float = 4.0
    speed_factor: float = 1.0


VEHICLES = [
    Kind("sedan", "car", 4.62, 1.80, 1.45, 30.0),
    Kind("hatch", "car", 3.95, 1.70, 1.50, 15.0),
    Kind("wagon", "car", 4.75, 1.80, 1.50, 7.0),
    Kind("suv", "car", 4.72, 1.88, 1.74, 17.0),
    Kind("pickup", "car", 5.25, 1.86, 1.80, 3.0),
    Kind("minivan", "van", 4.85, 1.86, 1.85, 5.0, 1.9),
    Kind("marshrutka", "van", 5.95, 1.99, 2.65, 9.0, 1.6),
    Kind("cargo_van", "van", 5.40, 1.98, 2.35, 3.5, 1.6),
    Kind("bus", "bus", 11.6, 2.52, 3.05, 3.5, 1.1, 3.5, 0.9),
    Kind("midibus", "bus", 8.3, 2.35, 2.90, 1.5, 1.2, 3.5, 0.92),
    Kind("box_truck", "truck", 7.4, 2.40, 3.35, 2.5, 1.1, 3.5, 0.92),
    Kind("light_truck", "truck", 5.4, 1.90, 2.55, 2.5, 1.5, 3.8, 0.95),
    Kind("dump_truck", "truck", 7.9, 2.50, 3.05, 1.5, 0.9, 3.2, 0.88),
    Kind("semi", "truck", 14.0, 2.52, 3.85, 0.8, 0.7, 3.0, 0.85),
    Kind("motorcycle", "motorcycle", 2.15, 0.80, 1.60, 2.0, 3.0, 5.0, 1.05),
    Kind("scooter", "motorcycle", 1.85, 0.70, 1.55, 1.5, 2.2, 4.5, 0.9),
    Kind("bicycle", "bicycle", 1.75, 0.60, 1.70, 3.0, 1.0, 3.0, 1.0),
]
"""Kinds that SUMO drives on the traffic lanes."""

PERSON = Kind("person", "person", 0.45, 0.55, 1.72, 1.0)
"""A person on foot."""

BY_NAME = {kind.name: kind for kind in [*VEHICLES, PERSON]}

CYCLE_SPEED = 5.2
"""Top speed of a bicycle, m/s."""


def sumo_type(kind: Kind) -> str:
    """The `vType` element of a kind."""
    cycle = kind.cls in ("bicycle", "motorcycle")
    v_class = {"bicycle": "bicycle", "motorcycle": "motorcycle", "bus": "bus", "truck": "truck"}.get(
        kind.cls, "passenger"
    )
    extra = f' maxSpeed="{CYCLE_SPEED}"' if kind.cls == "bicycle" else ""
    return (
        f'<vType id="{kind.name}" vClass="{v_class}" length="{kind.length}" width="{kind.width}" '
        f'accel="{kind.accel}" decel="{kind.decel}" minGap="{1.2 if cycle else 2.0}" sigma="0.4" '
        f'speedFactor="norm({kind.speed_factor},0.08,0.6,1.3)" laneChangeModel="SL2015" '
        f'latAlignment="{"right" if kind.cls == "bicycle" else "center"}" lcSpeedGain="1.5" '
        f'jmTimegapMinor="1.5"{extra}/>'
    )
