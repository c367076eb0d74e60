"""People: on foot, on bicycles and on motorcycles.

Parts 1 and 2 are the left and right leg, 3 and 4 the arms (they swing about hip and shoulder); a
cycle's wheels are parts 5 and 6. `PIVOTS` of a prototype say about which height each part turns.
"""

from __future__ import annotations

import random

import numpy as np

from . import materials as m
from .bodies import plate
from .mesh import Mesh, ball, box, join, loft, tube, wheel

HIP, SHOULDER = 0.90, 1.42
LEG_L, LEG_R, ARM_L, ARM_R, WHEEL_F, WHEEL_R = 1, 2, 3, 4, 5, 6


def _oval(z: float, rx: float, ry: float, x: float = 0.0, sides: int = 10) -> np.ndarray:
    turn = np.arange(sides) * 2.0 * np.pi / sides
    return np.stack([x + rx * np.cos(turn), ry * np.sin(turn), np.full(sides, z)], -1)


def _torso(fat: float, coat: float, mat: int) -> Mesh:
    rows = [
        _oval(coat, 0.13 * fat, 0.19 * fat), _oval(1.0, 0.13 * fat, 0.18 * fat), _oval(1.15, 0.12 * fat, 0.165 * fat),
        _oval(1.32, 0.125 * fat, 0.20), _oval(1.44, 0.10, 0.19), _oval(1.50, 0.06, 0.08), _oval(1.56, 0.05, 0.055),
    ]
    return loft(np.array(rows), mat)


def person(rng: random.Random) -> Mesh:
    """A walking person of 1.72 m (scaled by the instance): coat or jacket, trousers or skirt, perhaps a bag."""
    fat = rng.uniform(0.9, 1.2)
    woman = rng.random() < 0.5
    coat = rng.choice([0.84, 0.86, 0.62]) if rng.random() < 0.6 else 0.88
    pieces = [_torso(fat, coat, m.CLOTH)]
    pieces += [ball((0.0, 0, 1.63), (0.095, 0.08, 0.115), m.SKIN), ball((-0.018, 0, 1.665), (0.10, 0.088, 0.10), m.HAIR)]
    if woman and rng.random() < 0.6:
        pieces.append(ball((-0.07, 0, 1.52), (0.05, 0.08, 0.15), m.HAIR))
    if woman and rng.random() < 0.35:
        pieces.append(loft(np.array([_oval(0.45, 0.22, 0.25), _oval(0.95, 0.13, 0.18)]), m.CLOTH2))
    leg = m.CLOTH2 if rng.random() < 0.85 else m.SKIN
    for part, side in ((LEG_L, 1), (LEG_R, -1)):
        y = 0.09 * side
        pieces += [
            tube((0, y, HIP), (0, y, 0.48), 0.085 * fat, 0.06, leg, part),
            tube((0, y, 0.48), (0, y, 0.06), 0.06, 0.045, leg, part),
            box((0.25, 0.09, 0.08), (0.05, y, 0.04), m.BLACK, part),
        ]
    for part, side in ((ARM_L, 1), (ARM_R, -1)):
        y = 0.225 * side
        pieces += [
            tube((0, y, SHOULDER), (0.02, y * 1.08, 1.13), 0.055, 0.045, m.CLOTH, part),
            tube((0.02, y * 1.08, 1.13), (0.06, y * 1.05, 0.88), 0.045, 0.035, m.CLOTH, part),
            ball((0.07, y * 1.05, 0.83), (0.04, 0.03, 0.06), m.SKIN, part, 5, 6),
        ]
    bag = rng.random()
    if bag < 0.2:
        pieces.append(box((0.14, 0.28, 0.40), (-0.18, 0, 1.22), m.BLACK))
    elif bag < 0.4:
        pieces.append(box((0.28, 0.10, 0.30), (0.05, -0.27, 0.68), rng.choice([m.WHITE, m.BLACK, m.TARP]), ARM_R))
    return join(pieces)


def _rider(seat: tuple[float, float], bars: tuple[float, float], foot: tuple[float, float], helmet: bool) -> list[Mesh]:
    sx, sz = seat
    bx, bz = bars
    lean = 0.24
    shoulder = np.array([sx + lean, 0, sz + 0.50])
    pieces = [
        loft(np.array([
            _oval(sz - 0.02, 0.14, 0.18, sx), _oval(sz + 0.2, 0.13, 0.17, sx + lean * 0.4),
            _oval(sz + 0.45, 0.13, 0.20, sx + lean * 0.85), _oval(sz + 0.55, 0.06, 0.09, sx + lean),
        ]), m.CLOTH),
        ball((sx + lean + 0.06, 0, sz + 0.72), (0.105, 0.09, 0.12), m.SKIN),
        ball((sx + lean + 0.035, 0, sz + 0.76), (0.135, 0.12, 0.13) if helmet else (0.11, 0.095, 0.10), m.PAINT if helmet else m.HAIR),
    ]
    for side, part in ((1, LEG_L), (-1, LEG_R)):
        hip = np.array([sx, 0.10 * side, sz])
        knee = np.array([sx + 0.34, 0.13 * side, (sz + foot[1]) / 2 + 0.18])
        ankle = np.array([foot[0], 0.12 * side, foot[1]])
        pieces += [
            tube(hip, knee, 0.08, 0.06, m.CLOTH2), tube(knee, ankle, 0.06, 0.045, m.CLOTH2),
            box((0.24, 0.09, 0.07), ankle + (0.05, 0, -0.03), m.BLACK),
        ]
        elbow = np.array([(shoulder[0] + bx) / 2, 0.26 * side, (shoulder[2] + bz) / 2 - 0.05])
        pieces += [
            tube(shoulder + (0, 0.19 * side, -0.05), elbow, 0.055, 0.045, m.CLOTH),
            tube(elbow, (bx, 0.24 * side, bz), 0.045, 0.035, m.CLOTH),
        ]
    return pieces


def bicycle(rng: random.Random) -> Mesh:
    """A bicycle and its rider."""
    r, fx, rx = 0.34, 0.53, -0.53
    pieces = [
        _thin_wheel(fx, r, WHEEL_F), _thin_wheel(rx, r, WHEEL_R),
        tube((fx, 0, r), (0.36, 0, 0.92), 0.018, 0.018, m.PAINT), tube((0.38, 0, 0.82), (-0.16, 0, 0.80), 0.018, 0.018, m.PAINT),
        tube((0.40, 0, 0.72), (-0.08, 0, 0.30), 0.02, 0.02, m.PAINT), tube((-0.08, 0, 0.30), (-0.20, 0, 0.92), 0.018, 0.018, m.PAINT),
        tube((rx, 0, r), (-0.08, 0, 0.30), 0.014, 0.014, m.PAINT), tube((rx, 0, r), (-0.17, 0, 0.78), 0.014, 0.014, m.PAINT),
        tube((0.36, -0.27, 1.0), (0.36, 0.27, 1.0), 0.016, 0.016, m.BLACK), box((0.25, 0.14, 0.06), (-0.22, 0, 0.95), m.BLACK),
    ]
    return join(pieces + _rider((-0.2, 0.98), (0.36, 1.0), (-0.02, 0.30), rng.random() < 0.3))


def _thin_wheel(x: float, radius: float, part: int) -> Mesh:
    turn = np.arange(20) * 2.0 * np.pi / 20
    pieces = []
    rim = [(x + radius * np.cos(t), 0.0, radius + radius * np.sin(t)) for t in turn]
    for a, b in zip(rim, rim[1:] + rim[:1]):
        pieces.append(tube(a, b, 0.02, 0.02, m.RUBBER, part, 5))
    for t in turn[::4]:
        end = (x + radius * np.cos(t), 0.0, radius + radius * np.sin(t))
        pieces.append(tube((x, 0, radius), end, 0.006, 0.006, m.STEEL, part, 3))
    return join(pieces)


def motorcycle(rng: random.Random, scooter: bool) -> Mesh:
    """A motorcycle or scooter and its rider."""
    r = 0.26 if scooter else 0.32
    fx, rx = (0.62, -0.60) if scooter else (0.72, -0.68)
    pieces = [
        wheel((fx, 0, r), r, 0.13, m.RUBBER, m.GREY, WHEEL_F), wheel((rx, 0, r), r, 0.16, m.RUBBER, m.GREY, WHEEL_R),
        tube((fx, 0.06, r), (fx - 0.28, 0.06, 0.95), 0.03, 0.03, m.CHROME), tube((fx, -0.06, r), (fx - 0.28, -0.06, 0.95), 0.03, 0.03, m.CHROME),
        tube((fx - 0.28, -0.33, 1.0), (fx - 0.28, 0.33, 1.0), 0.02, 0.02, m.BLACK),
        ball((fx - 0.16, 0, 0.86), (0.10, 0.10, 0.10), m.HEADLAMP), box((0.08, 0.16, 0.08), (rx - 0.18, 0, 0.66), m.TAILLAMP),
        box((0.62, 0.24, 0.11), (-0.28, 0, 0.76), m.BLACK),
    ]
    if scooter:
        pieces += [
            box((0.9, 0.26, 0.32), (-0.32, 0, 0.52), m.PAINT), box((0.42, 0.30, 0.08), (0.22, 0, 0.28), m.PAINT),
            box((0.10, 0.34, 0.62), (0.42, 0, 0.62), m.PAINT),
        ]
        pieces += _rider((-0.22, 0.82), (fx - 0.28, 1.0), (0.2, 0.36), True)
    else:
        pieces += [
            ball((0.16, 0, 0.82), (0.28, 0.15, 0.14), m.PAINT), box((0.5, 0.26, 0.34), (0.05, 0, 0.46), m.STEEL),
            box((0.3, 0.2, 0.1), (-0.62, 0, 0.70), m.PAINT), tube((0.1, -0.16, 0.3), (-0.85, -0.18, 0.38), 0.05, 0.06, m.CHROME),
        ]
        pieces += _rider((-0.25, 0.84), (fx - 0.28, 1.02), (0.0, 0.34), rng.random() < 0.8)
    plate_mesh = plate(rx - 0.26, 0.50, -1).moved(scale=(1, 0.5, 1))
    return join([*pieces, plate_mesh])
