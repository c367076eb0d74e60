"""Light on every pixel: what stands still comes from Blender, what moves is shaded here.

Still surfaces bring their sunlight and their other light as two pictures, so that a passing bus can
take away the first (its shadow) and dim the second (the darkness under it). Moving surfaces get the
same sun, ambient light from the probe (second order spherical harmonics) and its reflections.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from . import materials as m
from .packed import BLINK_LEFT, BLINK_RIGHT, BRAKE, GREEN, LIGHTS, RED, YELLOW
from .raster import place
from .sun import lit

ATLAS, PLATE, GLASS = m.number("ATLAS"), m.number("PLATE"), m.number("GLASS")
SEAM = m.number("SEAM")
HEADLAMP, TAILLAMP = m.number("HEADLAMP"), m.number("TAILLAMP")
IND_L, IND_R = m.number("INDICATOR_L"), m.number("INDICATOR_R")
SIG_R, SIG_Y, SIG_G = m.number("SIGNAL_RED"), m.number("SIGNAL_YELLOW"), m.number("SIGNAL_GREEN")
LIT_WINDOW = m.number("LIT_WINDOW")
INV_PI = 1.0 / math.pi


@numba.njit(cache=True, fastmath=True, inline="always")
def _environment(probe, x, y, z):
    """The probe in a direction (unit vector)."""
    height, width = probe.shape[0], probe.shape[1]
    u = int((0.5 + math.atan2(x, y) / (2.0 * math.pi)) * width) % width
    v = min(height - 1, max(0, int((0.5 - math.asin(min(1.0, max(-1.0, z))) * INV_PI) * height)))
    return probe[v, u, 0], probe[v, u, 1], probe[v, u, 2]


@numba.njit(cache=True, fastmath=True, inline="always")
def _ambient(sh, c, x, y, z):
    """Irradiance of the surroundings on a surface facing (x, y, z), one colour channel."""
    return max(0.0, (
        sh[0, c] + sh[1, c] * y + sh[2, c] * z + sh[3, c] * x + sh[4, c] * x * y + sh[5, c] * y * z
        + sh[6, c] * (3.0 * z * z - 1.0) + sh[7, c] * x * z + sh[8, c] * (x * x - y * y)
    ))


def harmonics(probe: np.ndarray) -> np.ndarray:
    """Irradiance coefficients (9,3) of an equirectangular picture, for `_ambient`."""
    height, width = probe.shape[:2]
    lat = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    lon = ((np.arange(width) + 0.5) / width - 0.5) * 2.0 * np.pi
    z = np.sin(lat)[:, None] * np.ones(width)
    x, y = np.cos(lat)[:, None] * np.sin(lon), np.cos(lat)[:, None] * np.cos(lon)
    area = (np.cos(lat) * (np.pi / height) * (2.0 * np.pi / width))[:, None, None]
    light = np.minimum(probe, 20.0) * area
    basis = [
        (0.282095, np.ones_like(z), np.pi), (0.488603, y, 2.094395), (0.488603, z, 2.094395), (0.488603, x, 2.094395),
        (1.092548, x * y, 0.785398), (1.092548, y * z, 0.785398), (0.315392, 3 * z * z - 1, 0.785398),
        (1.092548, x * z, 0.785398), (0.546274, x * x - y * y, 0.785398),
    ]
    return np.array([k * k * a * np.sum(light * f[..., None], axis=(0, 1)) for k, f, a in basis], np.float32)


@numba.njit(cache=True, fastmath=True, inline="always")
def _emission(mat, lamps, facing, power):
    """Light given off by lamps (r, g, b); `facing` is the cosine to the viewer."""
    r = g = b = 0.0
    if mat == HEADLAMP and lamps & LIGHTS:
        e = power * (0.25 + 6.0 * max(0.0, facing) ** 12)
        r, g, b = e, 0.92 * e, 0.78 * e
    elif mat == TAILLAMP and lamps & (LIGHTS | BRAKE):
        e = 0.25 * power + 0.12
        if lamps & BRAKE:
            e = 0.7 + 0.9 * power
        r, g, b = e, 0.03 * e, 0.02 * e
    elif (mat == IND_L and lamps & BLINK_LEFT) or (mat == IND_R and lamps & BLINK_RIGHT):
        e = 1.6 + power
        r, g, b = e, 0.42 * e, 0.02 * e
    elif mat == SIG_R and lamps & RED:
        r, g, b = 2.6, 0.12, 0.08
    elif mat == SIG_Y and lamps & YELLOW:
        r, g, b = 2.4, 1.3, 0.08
    elif mat == SIG_G and lamps & GREEN:
        r, g, b = 0.12, 2.2, 1.1
    return r, g, b


@numba.njit(cache=True, fastmath=True)
def _corner(t, base, tris, verts, parts, pose, turn, pivot):
    a = place(verts[base + tris[t, 0]], parts[base + tris[t, 0]], pose, turn, pivot)
    b = place(verts[base + tris[t, 1]], parts[base + tris[t, 1]], pose, turn, pivot)
    c = place(verts[base + tris[t, 2]], parts[base + tris[t, 2]], pose, turn, pivot)
    return a, b, c


@numba.njit(cache=True, fastmath=True)
def _weights(px, py, pz, a, b, c):
    """Barycentric weights of a point in the plane of a triangle."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    wx, wy, wz = px - a[0], py - a[1], pz - a[2]
    uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    wu, wv = wx * ux + wy * uy + wz * uz, wx * vx + wy * vy + wz * vz
    den = uu * vv - uv * uv
    if abs(den) < 1e-14:
        return 1.0, 0.0, 0.0
    s = min(1.0, max(0.0, (vv * wu - uv * wv) / den))
    q = min(1.0 - s, max(0.0, (uu * wv - uv * wu) / den))
    return 1.0 - s - q, s, q


@numba.njit(cache=True, fastmath=True)
def _material(t, w0, w1, w2, mats, uvs, atlas):
    """Surface number and atlas coordinates at a point of a triangle."""
    mat = mats[t]
    u = w0 * uvs[t, 0, 0] + w1 * uvs[t, 1, 0] + w2 * uvs[t, 2, 0]
    v = w0 * uvs[t, 0, 1] + w1 * uvs[t, 1, 1] + w2 * uvs[t, 2, 1]
    if mat == ATLAS:
        mat = atlas[min(atlas.shape[0] - 1, int(v)), min(atlas.shape[1] - 1, int(u))]
    return mat, u, v


@numba.njit(cache=True, fastmath=True)
def _surface(code, x, y, z, eye, packed, inst, tables, light, shadows, out):
    """Colour of a moving surface at a world point as seen from `eye`, into out[0:3]."""
    verts, parts, tris, normals, mats, uvs, vert, tri, pivots = packed
    proto, pose, turn, colour, lamps, plate = inst
    atlas, table, plates = tables
    probe, soft, sh, sun_dir, sun_col, power, lamps_at, lamp_col = light
    near, still, rows, shift = shadows
    i = code >> 16
    p = proto[i]
    t = tri[p] + (code & 0xFFFF)
    a, b, c = _corner(t, vert[p], tris, verts, parts, pose[i], turn[i], pivots[p])
    w0, w1, w2 = _weights(x, y, z, a, b, c)
    mat, u, v = _material(t, w0, w1, w2, mats, uvs, atlas)
    nx = w0 * normals[t, 0, 0] + w1 * normals[t, 1, 0] + w2 * normals[t, 2, 0]
    ny = w0 * normals[t, 0, 1] + w1 * normals[t, 1, 1] + w2 * normals[t, 2, 1]
    nz = w0 * normals[t, 0, 2] + w1 * normals[t, 1, 2] + w2 * normals[t, 2, 2]
    nx, ny = pose[i, 3] * nx - pose[i, 4] * ny, pose[i, 4] * nx + pose[i, 3] * ny
    inv = 1.0 / max(1e-6, math.sqrt(nx * nx + ny * ny + nz * nz))
    nx, ny, nz = nx * inv, ny * inv, nz * inv
    vx, vy, vz = eye[0] - x, eye[1] - y, eye[2] - z
    inv = 1.0 / math.sqrt(vx * vx + vy * vy + vz * vz)
    vx, vy, vz = vx * inv, vy * inv, vz * inv
    nv = nx * vx + ny * vy + nz * vz
    if nv < 0.04:
        nx, ny, nz = nx + (0.04 - nv) * vx, ny + (0.04 - nv) * vy, nz + (0.04 - nv) * vz
        nv = 0.04
    rough, f0, metal, source = table[mat, 3], table[mat, 4], table[mat, 5], int(table[mat, 6])
    ndl = nx * sun_dir[0] + ny * sun_dir[1] + nz * sun_dir[2]
    shade = 0.0
    if ndl > 0.0 and sun_col[0] > 0.0:
        shade = ndl * min(lit(near, rows, shift, x + 0.05 * nx, y + 0.05 * ny, z + 0.05 * nz, 0.06),
                          lit(still, rows, shift, x, y, z, 0.10) if still.shape[0] > 8 else 1.0)
    low = min(1.0, max(0.0, z / 0.8))
    open_sky = 1.0 if nz > 0.6 else 0.42 + 0.58 * low
    rx, ry, rz = 2.0 * nv * nx - vx, 2.0 * nv * ny - vy, 2.0 * nv * nz - vz
    if rough > 0.3:
        e0, e1, e2 = _environment(soft, rx, ry, rz)
    else:
        e0, e1, e2 = _environment(probe, rx, ry, rz)
    fresnel = f0 + (1.0 - f0) * (1.0 - nv) ** 5 * (1.0 - 0.8 * rough)
    hx, hy, hz = vx + sun_dir[0], vy + sun_dir[1], vz + sun_dir[2]
    hl = max(1e-6, math.sqrt(hx * hx + hy * hy + hz * hz))
    ndh = max(0.0, (nx * hx + ny * hy + nz * hz) / hl)
    sharp = min(900.0, 2.0 / max(1e-4, rough ** 4))
    gleam = min(6.0, ndh ** sharp * (sharp + 8.0) * 0.04) * fresnel * shade
    facing = pose[i, 3] * vx + pose[i, 4] * vy
    glow = _emission(mat, lamps[i], facing, power)
    ink = 1.0
    if mat == PLATE:
        row = plate[i]
        ph, pw = plates.shape[1], plates.shape[2]
        ink = plates[row, min(ph - 1, max(0, int(v * ph))), min(pw - 1, max(0, int(u * pw)))] / 255.0
    street = 0.0
    for k in range(lamps_at.shape[0]):
        wx, wy, wz = lamps_at[k, 0] - x, lamps_at[k, 1] - y, lamps_at[k, 2] - z
        r2 = wx * wx + wy * wy + wz * wz
        r = math.sqrt(r2)
        street += max(0.0, (wx * nx + wy * ny + wz * nz) / r) * max(0.0, wz / r) / r2
    env = (e0, e1, e2)
    for k in range(3):
        base = table[mat, k]
        if source == 1:
            base = base * colour[i, 0, k]
        elif source == 2:
            base = base * colour[i, 1, k]
        base = base * ink
        irradiance = sun_col[k] * shade + _ambient(sh, k, nx, ny, nz) * open_sky + street * lamp_col[k]
        mirror = fresnel if metal < 0.5 else fresnel * (0.4 + base)
        out[k] = base * (1.0 - metal) * irradiance * INV_PI + env[k] * mirror * (1.0 - 0.6 * rough) * (0.5 + 0.5 * open_sky) + sun_col[k] * gleam + glow[k]


@numba.njit(cache=True, fastmath=True)
def picture(ident, near, eye, rotation, focal, mirror, packed, inst, tables, light, shadows, still, dark, beams, out):
    """Fills `out` (height, width, 3) with linear light.

    `still` holds the sun, sky, albedo and depth pictures; `dark` (height, width) dims the other light
    of still pixels, `beams` (height, width) is the headlamps' irradiance. With `mirror` below zero the
    world is seen upside down in a puddle and still pixels stay zero.
    """
    height, width = ident.shape
    sun_pic, sky_pic, albedo, depth = still
    rgb = np.zeros(3, np.float32)
    beam_colour = (1.0, 0.92, 0.78)
    has_sun = light[4][0] > 0.0
    for py in range(height):
        for px in range(width):
            code = ident[py, px]
            cx, cy = (px + 0.5 - width * 0.5) / focal, (py + 0.5 - height * 0.5) / focal
            dx = rotation[0, 0] * cx + rotation[1, 0] * cy + rotation[2, 0]
            dy = rotation[0, 1] * cx + rotation[1, 1] * cy + rotation[2, 1]
            dz = rotation[0, 2] * cx + rotation[1, 2] * cy + rotation[2, 2]
            if code < 0:
                if mirror < 0.0:
                    continue
                share = 1.0
                if has_sun and depth[py, px] < 250.0 and sun_pic[py, px, 1] > 0.004:
                    d = depth[py, px]
                    share = lit(shadows[0], shadows[2], shadows[3], eye[0] + dx * d, eye[1] + dy * d, eye[2] + dz * d, 0.05)
                for k in range(3):
                    out[py, px, k] = (
                        sun_pic[py, px, k] * share + sky_pic[py, px, k] * dark[py, px]
                        + albedo[py, px, k] * beams[py, px] * beam_colour[k] * INV_PI
                    )
                continue
            d = 1.0 / near[py, px]
            x, y, z = eye[0] + dx * d, eye[1] + dy * d, (eye[2] + dz * d) * mirror
            _surface(code, x, y, z, (eye[0], eye[1], eye[2] * mirror), packed, inst, tables, light, shadows, rgb)
            for k in range(3):
                out[py, px, k] = rgb[k] + 0.04 * beams[py, px] * beam_colour[k]


@numba.njit(cache=True, fastmath=True)
def contact(dark, depth, eye, rotation, focal, pose, size, boxes):
    """Darkens still pixels (in `dark`) under and beside bodies.

    `size` holds half length, half width and clearance of each instance (0: none); `boxes` their
    outlines in pixels, which bound the search.
    """
    height, width = depth.shape
    for i in range(len(pose)):
        if size[i, 0] <= 0.0 or np.isnan(boxes[i, 0]):
            continue
        pad = 0.35 * (boxes[i, 3] - boxes[i, 1]) + 3.0
        x0, x1 = max(0, int(boxes[i, 0] - pad)), min(width - 1, int(boxes[i, 2] + pad))
        y0, y1 = max(0, int(boxes[i, 1])), min(height - 1, int(boxes[i, 3] + pad))
        for py in range(y0, y1 + 1):
            for px in range(x0, x1 + 1):
                d = depth[py, px]
                cx, cy = (px + 0.5 - width * 0.5) / focal, (py + 0.5 - height * 0.5) / focal
                z = eye[2] + (rotation[0, 2] * cx + rotation[1, 2] * cy + rotation[2, 2]) * d
                if z > 0.3:
                    continue
                dx = eye[0] + (rotation[0, 0] * cx + rotation[1, 0] * cy + rotation[2, 0]) * d - pose[i, 0]
                dy = eye[1] + (rotation[0, 1] * cx + rotation[1, 1] * cy + rotation[2, 1]) * d - pose[i, 1]
                lx, ly = pose[i, 3] * dx + pose[i, 4] * dy, -pose[i, 4] * dx + pose[i, 3] * dy
                ox, oy = max(0.0, abs(lx) - size[i, 0] * 0.97), max(0.0, abs(ly) - size[i, 1] * 0.95)
                gap = math.sqrt(ox * ox + oy * oy) / max(0.05, size[i, 2])
                if gap < 1.0:
                    dark[py, px] *= 1.0 - 0.82 * (1.0 - gap) ** 2


@numba.njit(cache=True, fastmath=True)
def headlamps(beams, near, eye, rotation, focal, pose, front, power):
    """Adds the light of headlamps to `beams`; `front` holds x, half spacing and height of the lamps (x 0: none)."""
    height, width = near.shape
    for i in range(len(pose)):
        if front[i, 0] <= 0.0:
            continue
        low_x = low_y = 1e9
        high_x = high_y = -1e9
        bad = False
        for k in range(4):
            lx = front[i, 0] + (0.0 if k < 2 else 28.0)
            ly = (-1.0 if k % 2 else 1.0) * (1.5 if k < 2 else 8.0)
            x = pose[i, 0] + pose[i, 3] * lx - pose[i, 4] * ly - eye[0]
            y = pose[i, 1] + pose[i, 4] * lx + pose[i, 3] * ly - eye[1]
            for top in range(2):
                z = 1.5 * top - eye[2]
                cz = rotation[2, 0] * x + rotation[2, 1] * y + rotation[2, 2] * z
                if cz < 2.0:
                    bad = True
                    cz = 2.0
                sx = focal * (rotation[0, 0] * x + rotation[0, 1] * y + rotation[0, 2] * z) / cz + width * 0.5
                sy = focal * (rotation[1, 0] * x + rotation[1, 1] * y + rotation[1, 2] * z) / cz + height * 0.5
                low_x, high_x, low_y, high_y = min(low_x, sx), max(high_x, sx), min(low_y, sy), max(high_y, sy)
        if bad and (high_x < 0 or low_x > width):
            continue
        for py in range(max(0, int(low_y)), min(height - 1, int(high_y)) + 1):
            for px in range(max(0, int(low_x)), min(width - 1, int(high_x)) + 1):
                if near[py, px] <= 0.0:
                    continue
                d = 1.0 / near[py, px]
                cx, cy = (px + 0.5 - width * 0.5) / focal, (py + 0.5 - height * 0.5) / focal
                dx = eye[0] + (rotation[0, 0] * cx + rotation[1, 0] * cy + rotation[2, 0]) * d - pose[i, 0]
                dy = eye[1] + (rotation[0, 1] * cx + rotation[1, 1] * cy + rotation[2, 1]) * d - pose[i, 1]
                z = eye[2] + (rotation[0, 2] * cx + rotation[1, 2] * cy + rotation[2, 2]) * d
                lx = pose[i, 3] * dx + pose[i, 4] * dy - front[i, 0]
                if lx < 0.3 or lx > 30.0 or z > 1.6:
                    continue
                ly = -pose[i, 4] * dx + pose[i, 3] * dy
                total = 0.0
                for side in (-1.0, 1.0):
                    off = ly - side * front[i, 1]
                    r2 = lx * lx + off * off + front[i, 2] ** 2
                    spread = math.exp(-((off / lx) / 0.30) ** 2)
                    dip = (front[i, 2] - z) / lx
                    cut = math.exp(-((dip - 0.055) / (0.05 if dip < 0.055 else 0.22)) ** 2)
                    total += spread * cut / r2 * (0.12 + dip)
                beams[py, px] += power * 260.0 * total
