"""Who is drawn where at a moment: turns tracks and signals into instances for the rasteriser."""

from __future__ import annotations

import math
import random

import numpy as np

from . import kinds, packed, plates, signals
from .fleet import Fleet, Look, look
from .mesh import with_normals
from .moods import Mood
from .network import stage_letters
from .packed import PARTS, Instances, Packed, pack
from .traffic import BRAKE, HAZARD, LEFT_BLINK, RIGHT_BLINK, STEP, Record, Track
from .world import KERB, on_roadway

STRIDE = 1.45
"""Metres of a person's double step."""

BLINK_PERIOD = 0.7


class Stage:
    """The cast of a clip, ready to be placed at any time."""

    def __init__(self, record: Record, seed: int, mood: Mood) -> None:
        fleet = Fleet()
        rows: list[tuple] = []
        self._base: dict[str, int] = {}
        for name, shapes in fleet.shapes.items():
            self._base[name] = len(rows)
            rows += [(shape.mesh, shape.pivots) for shape in shapes]
        self._pivots = [pivots for _, pivots in rows]
        self._heads = len(rows)
        rows += [(with_normals(signals.head_mesh(False)), {}), (with_normals(signals.head_mesh(True)), {})]
        self.packed: Packed = pack(rows)
        self.atlas = fleet.atlas
        self.record, self.mood, self.seed = record, mood, seed
        self.looks: dict[int, Look] = {t.id: look(seed, t.id, kinds.BY_NAME[t.kind]) for t in record.tracks}
        self.plates = plates.pictures([self.looks[t.id].plate for t in record.tracks])
        self._plate_row = {t.id: i for i, t in enumerate(record.tracks)}
        self._lights = {t.id: mood.headlamps or random.Random(f"lights-{seed}-{t.id}").random() < 0.3 for t in record.tracks}

    def present(self, t: float) -> list[tuple[Track, np.ndarray]]:
        """Tracks at time t (seconds) with x, y, heading, speed, travelled, interpolated between steps."""
        out = []
        step = t / STEP
        low = int(math.floor(step + 1e-9))
        frac = step - low
        for track in self.record.tracks:
            i = track.at(low)
            if i is None:
                continue
            j = min(i + 1, len(track.xy) - 1) if frac > 1e-6 else i
            row = lambda k: np.array([*track.xy[k], track.heading[k], track.speed[k], track.travelled[k]])  # noqa: E731
            out.append((track, row(i) * (1.0 - frac) + row(j) * frac))
        return out

    def _turn(self, track: Track, proto: int, state: np.ndarray) -> np.ndarray:
        turn = np.zeros(PARTS, np.float32)
        shape = self.looks[track.id]
        if track.kind == "person":
            swing = 0.52 * min(1.0, state[3] / 1.1) * math.sin(2 * math.pi * state[4] / STRIDE + shape.gait)
            turn[1], turn[2], turn[3], turn[4] = swing, -swing, -0.7 * swing, 0.7 * swing
            return turn
        for part, (_, _, radius) in self._pivots[proto].items():
            turn[part] = state[4] / max(radius, 0.1)
        return turn

    def _lamps(self, track: Track, t: float) -> int:
        i = track.at(int(round(t / STEP)))
        bits = int(track.lamps[i]) if i is not None else 0
        on = (t / BLINK_PERIOD + self._plate_row[track.id] * 0.37) % 1.0 < 0.5
        out = packed.BRAKE if bits & BRAKE else 0
        if on and bits & (LEFT_BLINK | HAZARD):
            out |= packed.BLINK_LEFT
        if on and bits & (RIGHT_BLINK | HAZARD):
            out |= packed.BLINK_RIGHT
        return out | (packed.LIGHTS if self._lights[track.id] else 0)

    def at(self, t: float) -> tuple[Instances, list[tuple[Track, np.ndarray]]]:
        """Instances at time t: first the road users, in the order of the list, then the signal heads."""
        cast = self.present(t)
        proto, pose, turn, colour, lamps, plate = [], [], [], [], [], []
        for track, s in cast:
            shape = self.looks[track.id]
            p = self._base[track.kind] + shape.shape
            proto.append(p)
            pose.append((s[0], s[1], self._ground(s, track), math.cos(s[2]), math.sin(s[2]), shape.scale))
            turn.append(self._turn(track, p, s))
            colour.append((shape.colour, shape.second))
            lamps.append(self._lamps(track, t))
            plate.append(self._plate_row[track.id])
        letters = stage_letters(self.record.programme, t)
        for head in signals.HEADS:
            proto.append(self._heads + (1 if head.walk else 0))
            pose.append((head.x, head.y, head.z, math.cos(head.heading), math.sin(head.heading), 1.0))
            turn.append(np.zeros(PARTS, np.float32))
            colour.append(((1, 1, 1), (1, 1, 1)))
            lamps.append(signals.glow(head, letters))
            plate.append(0)
        f32 = lambda rows: np.ascontiguousarray(rows, np.float32)  # noqa: E731
        i32 = lambda rows: np.ascontiguousarray(rows, np.int32)  # noqa: E731
        return Instances(i32(proto), f32(pose), f32(turn), f32(colour), i32(lamps), i32(plate)), cast

    @staticmethod
    def _ground(state: np.ndarray, track: Track) -> float:
        """Height under a person's feet: the kerb's, where it is not roadway."""
        on_foot = track.kind == "person" and not on_roadway(state[0], state[1])
        return KERB if on_foot else 0.0
