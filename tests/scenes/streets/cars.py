"""Passenger cars, vans and buses: outlines, and the drawings of windows, doors and lamps on them."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from . import materials as m
from .atlas import Sheet
from .bodies import Profile, axles, mirrors, plate, rounded_half, skin
from .kinds import Kind
from .mesh import Mesh, box, join, projected


@dataclass
class Cabin:
    """Where a car's glasshouse lies: x of its corners and the heights, metres."""

    cowl: float
    roof_front: float
    roof_rear: float
    deck: float
    bonnet: float
    belt: float
    trunk: float
    nose: float = 0.62


CABINS = {
    # fractions of length for x (0 rear, 1 front); fractions of height for z
    "sedan": Cabin(0.715, 0.575, 0.335, 0.150, 0.665, 0.635, 0.70),
    "hatch": Cabin(0.745, 0.600, 0.150, 0.015, 0.670, 0.630, 0.66),
    "wagon": Cabin(0.715, 0.575, 0.110, 0.020, 0.665, 0.635, 0.66),
    "suv": Cabin(0.715, 0.600, 0.100, 0.015, 0.660, 0.630, 0.62, 0.64),
    "pickup": Cabin(0.710, 0.610, 0.435, 0.400, 0.640, 0.620, 0.605, 0.62),
    "minivan": Cabin(0.790, 0.620, 0.085, 0.012, 0.590, 0.540, 0.55, 0.50),
}


def _varied(cabin: Cabin, rng: random.Random) -> Cabin:
    shake = lambda v, a: v + rng.uniform(-a, a)  # noqa: E731
    return Cabin(
        shake(cabin.cowl, 0.015), shake(cabin.roof_front, 0.015), shake(cabin.roof_rear, 0.02),
        cabin.deck, shake(cabin.bonnet, 0.02), shake(cabin.belt, 0.012), shake(cabin.trunk, 0.015),
        shake(cabin.nose, 0.03),
    )


def _car_profile(kind: Kind, c: Cabin) -> Profile:
    length, width, height = kind.length, kind.width, kind.height
    x = lambda f: (f - 0.5) * length  # noqa: E731
    z = lambda f: f * height  # noqa: E731
    clear = 0.17 if kind.name in ("sedan", "hatch", "wagon") else 0.24
    belt = [(x(0), z(c.belt) + 0.04), (x(0.5), z(c.belt)), (x(1), z(c.belt) - 0.06)]
    top = [
        (x(0.0), z(c.trunk) - 0.10), (x(0.012), z(c.trunk)), (x(c.deck), z(c.trunk) + 0.03),
        (x(c.roof_rear), z(0.955)), (x(0.5 * (c.roof_rear + c.roof_front)), z(0.985)),
        (x(c.roof_front), z(0.965)), (x(c.cowl), z(c.bonnet) + 0.02), (x(0.93), z(c.bonnet) - 0.12),
        (x(0.985), z(c.nose) - 0.13), (x(1.0), z(c.nose) - 0.24),
    ]
    bottom = [(x(0), 0.34), (x(0.05), clear + 0.06), (x(0.15), clear), (x(0.85), clear), (x(0.96), clear + 0.02), (x(1), 0.26)]
    return Profile(top, belt, bottom, rounded_half(length, width, 0.62, 0.40), 0.30, 0.13, 0.06)


def _side_glass(sheet: Sheet, p: Profile, x0: float, x1: float, pillars: list[float], frame: float = 0.085) -> None:
    xs = np.linspace(x0, x1, 40)
    low = p.value("belt", xs) + 0.035
    high = p.value("top", xs) - frame
    keep = high > low + 0.05
    xs, low, high = xs[keep], low[keep], high[keep]
    sheet.side.fill(np.r_[np.c_[xs, low], np.c_[xs, high][::-1]], m.GLASS)
    for x in pillars:
        sheet.side.line([(x, low.min()), (x - 0.05, high.max())], m.BLACK, 0.07)


def _doors(sheet: Sheet, p: Profile, seams: list[float], sill: float) -> None:
    for x in seams:
        belt = float(p.value("belt", x))
        sheet.side.line([(x, belt + 0.02), (x + 0.02, sill + 0.08)], m.SEAM, 0.02)
        sheet.side.rect(x + 0.08, belt - 0.12, x + 0.24, belt - 0.085, m.SEAM)
    sheet.side.line([(min(seams), sill + 0.08), (max(seams), sill + 0.08)], m.SEAM, 0.02)


def _face(sheet: Sheet, kind: Kind, nose: float, lamp: float, rng: random.Random) -> None:
    w = kind.width / 2
    f = sheet.front
    f.rect(-w, 0.0, w, 0.30, m.BLACK)
    f.rect(-w * 0.62, nose * 0.42, w * 0.62, nose * 0.56, m.BLACK)
    grille = rng.choice([m.BLACK, m.BLACK, m.GREY])
    f.rect(-w * rng.uniform(0.4, 0.6), nose * 0.70, w * 0.5, nose * 0.95, grille)
    if rng.random() < 0.5:
        f.rect(-w * 0.5, nose * 0.93, w * 0.5, nose * 0.97, m.CHROME)
    for s in (-1, 1):
        f.rect(s * w * 0.56, nose * 0.74, s * w * 0.97, nose * 0.74 + lamp, m.HEADLAMP)
        f.rect(s * w * 0.84, nose * 0.70, s * w * 0.99, nose * 0.755, m.INDICATOR_L if s > 0 else m.INDICATOR_R)
        f.disc(s * w * 0.74, nose * 0.45, 0.05, m.HEADLAMP)


def _tail(sheet: Sheet, kind: Kind, deck: float, rng: random.Random, tall: bool) -> None:
    w = kind.width / 2
    r = sheet.rear
    r.rect(-w, 0.0, w, 0.36, m.BLACK if rng.random() < 0.6 else m.SEAM)
    r.line([(-w * 0.9, deck * 0.58), (w * 0.9, deck * 0.58)], m.SEAM, 0.025)
    low, high = (deck * 0.72, deck * 1.12) if tall else (deck * 0.70, deck * 0.93)
    inner = rng.uniform(0.72, 0.80) if tall else rng.uniform(0.50, 0.66)
    for s in (-1, 1):
        r.rect(s * w * inner, low, s * w * 1.0, high, m.TAILLAMP)
        r.rect(s * w * inner, low, s * w * 1.0, low + 0.05, m.INDICATOR_L if s > 0 else m.INDICATOR_R)
    r.rect(-0.32, deck * 0.62, 0.32, deck * 0.82, m.SEAM)


def _car_drawing(kind: Kind, c: Cabin, p: Profile, wheels: tuple[float, float], radius: float, rng: random.Random) -> Sheet:
    length, width, height = kind.length, kind.width, kind.height
    sheet = Sheet(length, width, height + 0.05)
    x = lambda f: (f - 0.5) * length  # noqa: E731
    w = width / 2
    clear = 0.26
    sheet.side.rect(x(0), 0.0, x(1), clear, m.BLACK)
    tall = kind.name in ("hatch", "wagon", "suv", "minivan")
    back = c.deck + (0.035 if tall else 0.05)
    pillar = [x(c.cowl) - 0.30 * length, x(c.cowl) - 0.50 * length] if kind.name != "pickup" else [x(0.52)]
    _side_glass(sheet, p, x(back), x(c.cowl) - 0.12, pillar)
    _doors(sheet, p, [x(c.cowl) - 0.06 * length, pillar[0], pillar[-1] - 0.02], clear)
    nose = c.nose * height
    sheet.side.fill([(x(0.93), nose - 0.13), (x(1), nose - 0.24), (x(1), nose - 0.32), (x(0.94), nose - 0.24)], m.HEADLAMP)
    deck = c.trunk * height
    sheet.side.rect(x(0), deck - 0.26, x(0.04), deck - 0.06, m.TAILLAMP)
    for wx in wheels:
        sheet.side.disc(wx, radius, radius + 0.055, m.BLACK)
    _face(sheet, kind, nose, 0.13, rng)
    _tail(sheet, kind, deck, rng, tall)
    t = sheet.top
    cowl, rf, rr, dk = x(c.cowl), x(c.roof_front), x(c.roof_rear), x(c.deck)
    t.fill([(cowl - 0.03, -w * 0.78), (cowl - 0.03, w * 0.78), (rf + 0.05, w * 0.64), (rf + 0.05, -w * 0.64)], m.GLASS)
    t.fill([(rr - 0.06, -w * 0.62), (rr - 0.06, w * 0.62), (dk + 0.07, w * 0.74), (dk + 0.07, -w * 0.74)], m.GLASS)
    t.line([(cowl + 0.05, -w * 0.8), (x(0.96), -w * 0.7)], m.SEAM)
    t.line([(cowl + 0.05, w * 0.8), (x(0.96), w * 0.7)], m.SEAM)
    if tall:
        z = lambda f: f * height  # noqa: E731
        sheet.rear.fill([(-w * 0.76, z(c.trunk) + 0.06), (w * 0.76, z(c.trunk) + 0.06), (w * 0.62, z(0.90)), (-w * 0.62, z(0.90))], m.GLASS)
    if kind.name == "pickup":
        t.rect(x(0.03), -w * 0.8, x(0.38), w * 0.8, m.BLACK)
    elif rng.random() < 0.15:
        t.rect(rr + 0.5, -0.35, rf - 0.15, 0.35, m.GLASS)
    return sheet


def car(kind: Kind, rng: random.Random, atlas) -> Mesh:
    """A passenger car or minivan; parts 1 and 2 are its front and rear wheels."""
    cabin = _varied(CABINS[kind.name], rng)
    profile = _car_profile(kind, cabin)
    radius = {"suv": 0.36, "pickup": 0.37, "hatch": 0.30}.get(kind.name, 0.32)
    wheels = (kind.length * 0.31, -kind.length * 0.285)
    sheet = _car_drawing(kind, cabin, profile, wheels, radius, rng)
    atlas.add(sheet)
    body = projected(skin(profile, kind.length), sheet.views(), m.ATLAS)
    pieces = [body, *axles(wheels, kind.width / 2 - 0.085, radius, 0.20, 1, rng.choice([m.ALLOY, m.ALLOY, m.GREY]))]
    pieces += mirrors(kind.length * (cabin.cowl - 0.5) - 0.30, kind.width / 2 - 0.03, cabin.belt * kind.height + 0.08)
    pieces += [
        plate(kind.length / 2 + 0.006, 0.42, 1),
        plate(-kind.length / 2 - 0.006, cabin.trunk * kind.height * 0.72, -1),
    ]
    if kind.name == "sedan" and rng.random() < 0.25:
        pieces.append(box((0.16, 0.42, 0.13), (kind.length * 0.0, 0, kind.height + 0.07), m.TAXI))
    if kind.name in ("suv", "wagon") and rng.random() < 0.6:
        for s in (-1, 1):
            pieces.append(box((1.6, 0.04, 0.05), (-0.35, s * kind.width * 0.33, kind.height * 0.985), m.STEEL))
    return join(pieces)


def _van_profile(kind: Kind, bonnet: float) -> Profile:
    length, height = kind.length, kind.height
    h = length / 2
    front = h - bonnet
    top = [
        (-h, height - 0.20), (-h + 0.10, height - 0.05), (-h + 0.5, height), (front - 0.75, height),
        (front - 0.42, height - 0.10), (front, 1.22 + 0.06 * height), (h - 0.10, 1.02), (h, 0.78),
    ] if bonnet > 0.2 else [
        (-h, height - 0.12), (-h + 0.08, height - 0.03), (-h + 0.3, height), (h - 0.35, height),
        (h - 0.12, height - 0.06), (h, height - 0.30),
    ]
    belt = [(-h, 1.25), (h, 1.18)]
    bottom = [(-h, 0.42), (-h + 0.3, 0.30), (h - 0.3, 0.28), (h, 0.34)]
    return Profile(top, belt, bottom, rounded_half(length, kind.width, 0.45, 0.14), 0.07, 0.16, 0.05)


def _windows(view, x0: float, x1: float, low: float, high: float, count: int, gap: float = 0.07) -> None:
    step = (x1 - x0) / count
    for i in range(count):
        view.rect(x0 + i * step + gap / 2, low, x0 + (i + 1) * step - gap / 2, high, m.GLASS)


def van(kind: Kind, rng: random.Random, atlas) -> Mesh:
    """A minibus (marshrutka) or delivery van with a short bonnet."""
    length, width, height = kind.length, kind.width, kind.height
    bonnet = rng.uniform(0.75, 0.95)
    p = _van_profile(kind, bonnet)
    h, w = length / 2, width / 2
    sheet = Sheet(length, width, height + 0.05)
    low, high = 1.28, min(height - 0.42, 2.05)
    sheet.side.rect(-h, 0.0, h, 0.38, m.BLACK)
    door = h - bonnet - 1.25
    sheet.side.fill([(door + 0.08, low - 0.06), (h - bonnet - 0.02, low - 0.06), (h - bonnet - 0.38, high), (door + 0.08, high)], m.GLASS)
    if kind.name == "marshrutka":
        _windows(sheet.side, -h + 0.2, door - 0.04, low, high, 3)
        sheet.top.rect(-0.5, -0.4, 0.2, 0.4, m.SEAM)
        if rng.random() < 0.5:
            sheet.side.rect(-h, 0.80, h - 0.6, 0.90, m.PAINT2)
    elif rng.random() < 0.4:
        sheet.side.rect(-h + 0.4, 0.95, door - 0.4, 1.75, m.PAINT2)
    for x in (door, door - 1.15, -h + 0.15):
        sheet.side.line([(x, 0.45), (x, high)], m.SEAM)
    sheet.side.line([(-h + 0.1, 0.95), (door, 0.95)], m.SEAM)
    radius, wheels = 0.35, (h - 1.02, -h + 1.25)
    for wx in wheels:
        sheet.side.disc(wx, radius, radius + 0.06, m.BLACK)
    screen = [(-w * 0.80, 1.30), (w * 0.80, 1.30), (w * 0.74, high + 0.12), (-w * 0.74, high + 0.12)]
    sheet.front.fill(screen, m.GLASS)
    sheet.top.fill([(h - bonnet - 0.02, -w * 0.82), (h - bonnet - 0.02, w * 0.82), (h - bonnet - 0.45, w * 0.76), (h - bonnet - 0.45, -w * 0.76)], m.GLASS)
    _face(sheet, kind, 0.98, 0.18, rng)
    _tail(sheet, kind, 1.05, rng, True)
    if kind.name == "marshrutka" or rng.random() < 0.5:
        for s in (-1, 1):
            sheet.rear.rect(s * 0.05, low, s * w * 0.82, high, m.GLASS)
    sheet.rear.line([(0.0, 0.4), (0.0, height - 0.2)], m.SEAM)
    atlas.add(sheet)
    body = projected(skin(p, length, 44), sheet.views(), m.ATLAS)
    pieces = [body, *axles(wheels, w - 0.11, radius, 0.21, 1, m.GREY), *mirrors(h - bonnet - 0.35, w, 1.42, 0.24)]
    pieces += [plate(h + 0.006, 0.50, 1), plate(-h - 0.006, 0.78, -1)]
    return join(pieces)


def bus(kind: Kind, rng: random.Random, atlas) -> Mesh:
    """A city bus: flat ends, a band of windows, doors on the right."""
    length, width, height = kind.length, kind.width, kind.height
    p = _van_profile(kind, 0.0)
    h, w = length / 2, width / 2
    sheet = Sheet(length, width, height + 0.05)
    low, high = 1.32, height - 0.55
    sheet.side.rect(-h, 0.0, h, 0.34, m.BLACK)
    if rng.random() < 0.7:
        sheet.side.rect(-h, 0.34, h, 0.62, m.PAINT2)
    _windows(sheet.side, -h + 0.25, h - 0.2, low, high, max(5, round(length / 1.5)), 0.06)
    sheet.side.rect(-h + 0.2, high, h - 0.2, high + 0.10, m.BLACK)
    for x in (h - 1.25, -0.3):
        sheet.side.rect(x - 0.6, 0.42, x + 0.6, high, m.BLACK)
        sheet.side.rect(x - 0.54, 0.55, x - 0.03, high - 0.06, m.GLASS)
        sheet.side.rect(x + 0.03, 0.55, x + 0.54, high - 0.06, m.GLASS)
    radius, wheels = 0.47, (h - 2.55, -h + 2.7 * length / 11.6)
    for wx in wheels:
        sheet.side.disc(wx, radius, radius + 0.07, m.BLACK)
    sheet.front.rect(-w * 0.92, 1.05, w * 0.92, height - 0.52, m.GLASS)
    sheet.front.rect(-w * 0.75, height - 0.45, w * 0.75, height - 0.18, m.BLACK)
    sheet.front.rect(-w * 0.5, height - 0.40, w * 0.4, height - 0.23, m.TAXI)
    sheet.front.rect(-w, 0.0, w, 0.32, m.BLACK)
    for s in (-1, 1):
        sheet.front.rect(s * w * 0.62, 0.55, s * w * 0.93, 0.78, m.HEADLAMP)
        sheet.front.rect(s * w * 0.88, 0.80, s * w * 0.98, 0.92, m.INDICATOR_L if s > 0 else m.INDICATOR_R)
        sheet.rear.rect(s * w * 0.80, 0.75, s * w * 0.97, 1.30, m.TAILLAMP)
        sheet.rear.rect(s * w * 0.80, 1.30, s * w * 0.97, 1.42, m.INDICATOR_L if s > 0 else m.INDICATOR_R)
    sheet.rear.rect(-w * 0.78, 1.55, w * 0.78, height - 0.6, m.GLASS)
    sheet.rear.rect(-w * 0.7, 0.55, w * 0.7, 1.15, m.SEAM)
    sheet.rear.rect(-w, 0.0, w, 0.36, m.BLACK)
    sheet.top.rect(-1.6, -0.6, 0.4, 0.6, m.WHITE)
    atlas.add(sheet)
    body = projected(skin(p, length, 48), sheet.views(), m.ATLAS)
    pieces = [body, *axles(wheels, w - 0.16, radius, 0.28, 1, m.GREY), *mirrors(h + 0.02, w, 2.1, 0.28)]
    pieces += [box((2.2, 1.3, 0.22), (-0.6, 0, height + 0.1), m.WHITE), plate(h + 0.006, 0.42, 1), plate(-h - 0.006, 0.5, -1)]
    return join(pieces)
