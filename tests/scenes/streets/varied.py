"""Scenes drawn at random: other cameras, light and traffic, as many as a detector's training asks for.

Scene number n is the same for ever. The light goes round with the number, so that a few neighbouring
scenes hold all of it. A camera is drawn until it sees enough roadway and no house or tree stands before it.
"""

from __future__ import annotations

import functools
import random

import numpy as np

from . import kinds, network
from .camera import Camera
from .catalogue import Spec
from .demand import Demand
from .drawing import along
from .network import Programme
from .town import FACADES, town
from .world import on_roadway

MOODS = ("day", "dusk", "overcast", "rain", "low-sun", "night")
RARE = {"bus": 2.5, "truck": 2.5, "motorcycle": 4.0, "bicycle": 3.0, "van": 1.3}
"""How much more often than on a real street a class drives here, so that a detector meets enough of it."""

SEEN_ROADWAY = 0.25
"""Least share of the picture that shows roadway within FAR metres of the camera."""

FREE = 0.85
"""Least share of that roadway that no house or tree hides."""

FAR = 90.0
EYE_LEVEL = 1.3


@functools.cache
def _obstacles() -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corners (n,3) of the boxes around houses and trees."""
    solid = [p.mesh.verts for p in town() if p.surface in FACADES or p.surface.startswith("leaf")]
    return np.array([v.min(0) for v in solid]), np.array([v.max(0) for v in solid])


def hidden(eye, points) -> np.ndarray:
    """Which of the points (n,3) a house or tree hides from `eye`, bool (n,)."""
    low, high = _obstacles()
    eye, way = np.asarray(eye, float), np.asarray(points, float) - eye
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)[:, None]
    one, two = (low - eye) / way, (high - eye) / way
    enter, leave = np.minimum(one, two).max(-1), np.maximum(one, two).min(-1)
    return ((enter < leave) & (leave > 0.0) & (enter < 1.0)).any(-1)


def sees(camera: Camera) -> tuple[float, float]:
    """Share of the picture that is roadway near enough, and the share of that which is not hidden."""
    x, y = np.meshgrid((np.arange(32) + 0.5) / 32 * camera.width, (np.arange(18) + 0.5) / 18 * camera.height)
    ground = camera.ground(np.column_stack([x.ravel(), y.ravel()]))
    near = np.hypot(*(ground - camera.position[:2]).T) < FAR
    road = np.array([p for p, ok in zip(ground, near) if ok and on_roadway(*p)]).reshape(-1, 2)
    if not len(road):
        return 0.0, 0.0
    points = np.column_stack([road, np.full(len(road), EYE_LEVEL)])
    return len(road) / len(ground), 1.0 - float(hidden(camera.position, points).mean())


def _draw_camera(rng: random.Random) -> Camera:
    arm = rng.choice("NESW")
    half = network.LANES[arm] * network.LANE_WIDTH
    reach, side = rng.uniform(22.0, 70.0), rng.choice((-1.0, 1.0))
    # Most cameras hang on masts at the kerb, some on an arm over the road.
    beside = rng.uniform(0.8, 5.0) if rng.random() < 0.75 else -rng.uniform(0.0, half)
    position = (*along(arm, reach, side * (half + beside)), rng.triangular(4.5, 18.0, 8.0))
    if rng.random() < 0.6:
        target = (rng.uniform(-10.0, 10.0), rng.uniform(-8.0, 8.0))
    else:
        target = along(arm, reach - rng.uniform(14.0, 34.0), rng.uniform(-half, half))
    return Camera(position, (*target, rng.uniform(0.0, 1.5)), rng.uniform(34.0, 78.0))


def camera(rng: random.Random) -> Camera:
    """A camera that a city could have put up here."""
    while True:
        drawn = _draw_camera(rng)
        road, free = sees(drawn)
        if road >= SEEN_ROADWAY and free >= FREE:
            return drawn


def scene(number: int, seconds: float, fps: float, samples: int) -> Spec:
    """Scene `number` of this family."""
    rng = random.Random(f"varied-{number}")
    view = camera(rng)
    busy = rng.uniform(0.7, 1.4)
    demand = Demand(
        flow={arm: round(flow * busy * rng.uniform(0.7, 1.3), 3) for arm, flow in Demand().flow.items()},
        persons=rng.randrange(30, 110),
        more={kind.name: RARE[kind.cls] for kind in kinds.VEHICLES if kind.cls in RARE},
    )
    mood = MOODS[number % len(MOODS)]
    programme = Programme(offset=round(rng.uniform(0.0, 48.0), 1))
    return Spec(f"varied-{number:04d}-{mood}", mood, number, seconds, fps, view, demand, programme, samples=samples)
