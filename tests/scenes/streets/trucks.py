"""Trucks: a cab, a frame and what stands on it."""

from __future__ import annotations

import random

import numpy as np

from . import materials as m
from .atlas import Sheet
from .bodies import Profile, axles, mirrors, plate, rounded_half, skin
from .kinds import Kind
from .mesh import Mesh, box, join, projected, tube


def _cab(length: float, width: float, height: float, clear: float, front_x: float, atlas, rng: random.Random) -> Mesh:
    h, w = length / 2, width / 2
    top = [(-h, height - 0.08), (-h + 0.1, height), (h - 0.45, height), (h - 0.18, height - 0.10), (h - 0.06, 0.60 * height), (h, 0.52 * height)]
    belt = [(-h, 0.56 * height), (h, 0.54 * height)]
    bottom = [(-h, clear), (h, clear - 0.1)]
    p = Profile(top, belt, bottom, rounded_half(length, width, 0.35, 0.08), 0.06, 0.14, 0.04)
    sheet = Sheet(length, width, height + 0.05)
    low, high = 0.60 * height, 0.86 * height
    sheet.side.fill([(-h + length * 0.35, low), (h - 0.20, low - 0.05), (h - 0.30, high), (-h + length * 0.35, high)], m.GLASS)
    sheet.side.line([(-h + length * 0.28, clear), (-h + length * 0.28, high)], m.SEAM)
    sheet.front.rect(-w * 0.86, 0.58 * height, w * 0.86, 0.88 * height, m.GLASS)
    sheet.front.rect(-w * 0.65, 0.34 * height, w * 0.65, 0.50 * height, m.BLACK)
    sheet.front.rect(-w, 0.0, w, clear + 0.22, m.BLACK if rng.random() < 0.6 else m.WHITE)
    for s in (-1, 1):
        sheet.front.rect(s * w * 0.60, clear + 0.04, s * w * 0.92, clear + 0.22, m.HEADLAMP)
        sheet.front.rect(s * w * 0.88, clear + 0.26, s * w * 0.98, clear + 0.36, m.INDICATOR_L if s > 0 else m.INDICATOR_R)
    sheet.top.rect(-h, -w * 0.7, h - 0.5, w * 0.7, m.PAINT)
    atlas.add(sheet)
    body = projected(skin(p, length, 22), sheet.views(), m.ATLAS)
    return join([body, *mirrors(h - 0.25, w, low + 0.25, 0.26)]).moved((front_x - h, 0, 0))


def _tail_lamps(x: float, w: float, z: float) -> list[Mesh]:
    pieces = []
    for s in (-1, 1):
        pieces.append(box((0.05, 0.30, 0.16), (x, s * (w - 0.22), z), m.TAILLAMP))
        pieces.append(box((0.052, 0.10, 0.16), (x, s * (w - 0.44), z), m.INDICATOR_L if s > 0 else m.INDICATOR_R))
    return pieces


def _cargo_box(x0: float, x1: float, width: float, z0: float, z1: float, mat: int) -> list[Mesh]:
    length, mid = x1 - x0, (x0 + x1) / 2
    pieces = [box((length, width, z1 - z0), (mid, 0, (z0 + z1) / 2), mat)]
    for z in (z0 + 0.03, z1 - 0.04):  # below the roof: two planes in one place flicker
        pieces.append(box((length + 0.02, width + 0.02, 0.06), (mid, 0, z), m.STEEL))
    pieces.append(box((0.03, 0.04, z1 - z0), (x0 - 0.01, 0, (z0 + z1) / 2), m.STEEL))
    return pieces


def _ribs(x0: float, x1: float, width: float, z0: float, z1: float, count: int, mat: int) -> list[Mesh]:
    return [box((0.06, width + 0.05, z1 - z0), (x, 0, (z0 + z1) / 2), mat) for x in np.linspace(x0, x1, count)]


def truck(kind: Kind, rng: random.Random, atlas) -> Mesh:
    """A truck of any of the four kinds; wheels are parts 1, 2, ... from the front."""
    return {"box_truck": _box_truck, "light_truck": _light_truck, "dump_truck": _dump_truck, "semi": _semi}[kind.name](kind, rng, atlas)


def _box_truck(kind: Kind, rng: random.Random, atlas) -> Mesh:
    h, w = kind.length / 2, kind.width / 2
    cab_height = rng.uniform(2.35, 2.6)
    pieces = [_cab(1.85, kind.width * 0.95, cab_height, 0.42, h, atlas, rng)]
    pieces += _cargo_box(-h, h - 2.0, kind.width, 0.95, kind.height, rng.choice([m.WHITE, m.PAINT2, m.WHITE, m.TARP]))
    pieces.append(box((kind.length - 0.8, 0.9, 0.25), (-0.2, 0, 0.8), m.BLACK))
    pieces += axles((h - 1.15, -h + 1.7), w - 0.16, 0.45, 0.28, 1, m.GREY)
    pieces += _tail_lamps(-h + 0.02, w, 0.78)
    return join([*pieces, plate(h + 0.01, 0.5, 1), plate(-h - 0.03, 0.72, -1)])


def _light_truck(kind: Kind, rng: random.Random, atlas) -> Mesh:
    h, w = kind.length / 2, kind.width / 2
    pieces = [_cab(1.65, kind.width * 0.95, 1.98, 0.34, h, atlas, rng)]
    if rng.random() < 0.5:
        pieces += _cargo_box(-h, h - 1.75, kind.width, 0.80, kind.height, rng.choice([m.WHITE, m.TARP, m.PAINT2]))
    else:
        pieces.append(box((kind.length - 1.8, kind.width, 0.14), (-0.9, 0, 0.85), m.GREY))
        for s in (-1, 1):
            pieces.append(box((kind.length - 1.8, 0.05, 0.42), (-0.9, s * (w - 0.03), 1.1), m.PAINT))
        pieces += [box((0.05, kind.width, 0.42), (-h + 0.03, 0, 1.1), m.PAINT), box((1.4, 1.3, 0.6), (-0.9, 0, 1.2), m.TARP)]
    pieces.append(box((kind.length - 0.7, 0.7, 0.2), (-0.2, 0, 0.66), m.BLACK))
    pieces += axles((h - 1.0, -h + 1.15), w - 0.13, 0.34, 0.22, 1, m.GREY)
    pieces += _tail_lamps(-h + 0.0, w, 0.62)
    return join([*pieces, plate(h + 0.01, 0.42, 1), plate(-h - 0.03, 0.6, -1)])


def _dump_truck(kind: Kind, rng: random.Random, atlas) -> Mesh:
    h, w = kind.length / 2, kind.width / 2
    pieces = [_cab(2.05, kind.width * 0.96, 2.85, 0.62, h, atlas, rng)]
    x0, x1 = -h, h - 2.25
    pieces.append(box((x1 - x0, kind.width * 0.86, 0.2), ((x0 + x1) / 2, 0, 1.35), m.PAINT2))
    for s in (-1, 1):
        pieces.append(box((x1 - x0, 0.08, 1.15), ((x0 + x1) / 2, s * (w - 0.05), 1.95), m.PAINT2))
    pieces += [box((0.08, kind.width, 1.15), (x0 + 0.05, 0, 1.95), m.PAINT2), box((0.08, kind.width, 1.5), (x1, 0, 2.1), m.PAINT2)]
    pieces += _ribs(x0 + 0.2, x1 - 0.2, kind.width, 1.4, 2.5, 7, m.PAINT2)
    pieces.append(box((x1 - x0 - 0.3, kind.width - 0.3, 0.5), ((x0 + x1) / 2, 0, 2.05), m.TARP if rng.random() < 0.5 else m.GREY))
    pieces.append(box((kind.length - 0.6, 0.95, 0.35), (-0.1, 0, 1.05), m.BLACK))
    pieces += axles((h - 1.2, -h + 2.35, -h + 1.0), w - 0.17, 0.53, 0.30, 1, m.GREY)
    pieces += _tail_lamps(-h - 0.01, w, 1.05)
    return join([*pieces, plate(h + 0.01, 0.75, 1), plate(-h - 0.04, 0.9, -1)])


def _semi(kind: Kind, rng: random.Random, atlas) -> Mesh:
    h, w = kind.length / 2, kind.width / 2
    pieces = [_cab(2.15, kind.width * 0.97, 3.45, 0.55, h, atlas, rng)]
    pieces += _cargo_box(-h, h - 2.9, kind.width, 1.2, kind.height, rng.choice([m.WHITE, m.TARP, m.PAINT2]))
    pieces += _ribs(-h + 0.5, h - 3.2, kind.width, 1.2, 1.35, 12, m.STEEL)
    pieces.append(box((kind.length - 3.5, 0.9, 0.3), (-1.2, 0, 1.05), m.BLACK))
    pieces.append(box((4.2, 1.0, 0.3), (h - 2.6, 0, 0.85), m.BLACK))
    pieces.append(tube((h - 3.0, 0.9, 0.75), (h - 2.0, 0.9, 0.75), 0.28, 0.28, m.CHROME))
    pieces += axles((h - 1.4, h - 4.1, -h + 3.6, -h + 2.3, -h + 1.0), w - 0.17, 0.50, 0.30, 1, m.GREY)
    pieces += _tail_lamps(-h, w, 0.95)
    return join([*pieces, plate(h + 0.01, 0.6, 1), plate(-h - 0.04, 0.85, -1)])
