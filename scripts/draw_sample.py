"""Draws dreambrush's own sample picture, a still life, by marching rays through distance fields.

Run ``python scripts/draw_sample.py dreambrush/samples/still-life.jpg``; it needs numpy and Pillow and takes
less than a minute.  The method is sphere tracing (J. C. Hart, 1996), soft shadows after I. Quilez.
Lengths are in units of about 10 cm; y points up, z towards the viewer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Indices


def floats(values: object) -> Float32:
    """Anything array-like as float32."""
    return np.asarray(values, np.float32)


WIDTH, HEIGHT, SAMPLES = 768, 576, 2  # each pixel is the mean of SAMPLES x SAMPLES rays
EYE = np.array([0.15, 1.55, 4.6], np.float32)
LOOK_AT = np.array([0.08, 0.52, 0.0], np.float32)
ZOOM = 1.95
TO_LIGHT = np.array([-0.62, 0.62, 0.42], np.float32) / np.float32(np.linalg.norm([-0.62, 0.62, 0.42]))
KEY, SKY = np.array([3.1, 2.7, 2.1], np.float32), np.array([0.22, 0.28, 0.40], np.float32)
BOUNCE = np.array([0.20, 0.12, 0.06], np.float32)


def length(*parts: Float32) -> Float32:
    """Euclidean length from the components."""
    return np.sqrt(sum(part * part for part in parts))


def smooth_min(a: Float32, b: Float32, k: float) -> Float32:
    """Smallest of two distances with the seam rounded over a width of k."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return floats(b + (a - b) * h - k * h * (1 - h))


def capsule(p: Float32, a: tuple[float, ...], b: tuple[float, ...], radius: float) -> Float32:
    """Distance to a rod with round ends."""
    start, axis = floats(a), floats(b) - floats(a)
    t = np.clip((p - start) @ axis / (axis @ axis), 0, 1)
    return floats(np.linalg.norm(p - start - t[:, None] * axis, axis=1) - np.float32(radius))


def cloth_mask(x: Float32, z: Float32) -> Float32:
    """1 on the cloth, 0 on the bare table; the cloth is a square that lies turned and slightly wavy."""
    u = 0.80 * (x + 0.25) + 0.60 * (z - 0.55) + 0.05 * np.sin(5 * z)
    v = -0.60 * (x + 0.25) + 0.80 * (z - 0.55) + 0.05 * np.sin(6 * x)
    return np.clip((1.12 - np.maximum(np.abs(u), np.abs(v))) / 0.03, 0, 1)


def ground(p: Float32) -> Float32:
    """Distance to table and cloth; the folds run out from where the things stand."""
    x, y, z = p.T
    away = np.clip((length(x, z - 0.2) - 0.45) / 0.9, 0, 1)
    angle = np.arctan2(z - 0.2, x + 0.3)
    folds = 0.5 + 0.5 * np.sin(7 * angle + 1.6 * np.sin(2.3 * x + 1.0) + 1.5 * away)
    height = cloth_mask(x, z) * (0.015 + away * (0.11 * folds**2 + 0.02 * np.sin(4 * x - 3 * z)))
    return floats(0.6 * (y - height))


def pear(p: Float32) -> Float32:
    """Belly and neck, blended; the neck leans."""
    q = p - floats([-0.62, 0, 0.28])
    belly = length(q[:, 0], (q[:, 1] - 0.37) * 1.06, q[:, 2]) - 0.37
    neck = length(q[:, 0] - 0.06, (q[:, 1] - 0.84) * 0.8, q[:, 2]) - 0.17
    return 0.9 * smooth_min(belly, neck, 0.30)


def stem(p: Float32) -> Float32:
    """The stem of the pear."""
    lower = capsule(p, (-0.55, 1.00, 0.28), (-0.51, 1.14, 0.29), 0.018)
    return np.minimum(lower, capsule(p, (-0.51, 1.14, 0.29), (-0.43, 1.22, 0.30), 0.024))


def orange(p: Float32) -> Float32:
    """A sphere with a dent on top and a rind."""
    q = p - floats([0.12, 0.31, 0.72])
    rind = 0.0011 * np.sin(95 * q[:, 0]) * np.sin(95 * q[:, 1]) * np.sin(95 * q[:, 2])
    dent = 0.03 * np.exp(-(length(q[:, 0] - 0.05, q[:, 2] - 0.1) ** 2) / 0.006) * (q[:, 1] > 0)
    return floats(0.85 * (np.linalg.norm(q, axis=1) - 0.30 + rind + dent))


def cup(p: Float32) -> Float32:
    """A cup that widens upwards, hollow, with a handle."""
    x, y, z = (p - floats([0.72, 0.015, 0.0])).T
    around = length(x, z)
    outer = np.maximum(around - (0.36 + 0.16 * y - 0.10 * np.exp(-((y / 0.16) ** 2))), np.abs(y - 0.42) - 0.42)
    inner = np.maximum(around - (0.32 + 0.16 * y), 0.10 - y)
    body = np.maximum(outer, -inner) - 0.012
    handle = length(length((x - 0.47) * 0.92, y - 0.46) - 0.19, z) - 0.042
    return 0.8 * smooth_min(body, np.maximum(handle, 0.38 - around), 0.03)


def cherries(p: Float32) -> Float32:
    """Two cherries on the cloth."""
    left = np.linalg.norm(p - floats([-0.42, 0.145, 1.06]), axis=1)
    right = np.linalg.norm(p - floats([-0.18, 0.14, 1.20]), axis=1)
    return floats(np.minimum(left, right) - 0.125)


def cherry_stems(p: Float32) -> Float32:
    """Their stems, which meet in the air."""
    left = capsule(p, (-0.42, 0.25, 1.06), (-0.70, 0.42, 1.02), 0.011)
    right = capsule(p, (-0.18, 0.25, 1.20), (-0.70, 0.42, 1.02), 0.011)
    return np.minimum(left, right)


def wall(p: Float32) -> Float32:
    """The wall behind the table."""
    return floats(p[:, 2] + 1.9)


FIELDS: tuple[Callable[[Float32], Float32], ...] = (
    ground, wall, pear, stem, orange, cup, cherries, cherry_stems,
)  # fmt: skip
GLOSS = floats([0.02, 0.0, 0.25, 0.05, 0.16, 0.75, 0.9, 0.1])
SHINE = floats([8, 8, 28, 10, 22, 90, 110, 10])


def scene(p: Float32) -> Float32:
    """Distance to the nearest surface."""
    return floats(np.min([field(p) for field in FIELDS], axis=0))


def march(origin: Float32, direction: Float32, steps: int = 220, far: float = 12.0) -> Float32:
    """Distance along each ray to the surface that it hits."""
    travelled = np.zeros(len(origin), np.float32)
    active = np.arange(len(origin))
    for _ in range(steps):
        step = scene(origin[active] + travelled[active, None] * direction[active])
        travelled[active] += step
        active = active[(step > 4e-4) & (travelled[active] < far)]
        if not active.size:
            break
    return travelled


def shadow(origin: Float32, steps: int = 48) -> Float32:
    """Share of the lamp's disc that each point sees, 0..1."""
    seen = np.ones(len(origin), np.float32)
    travelled = np.full(len(origin), 0.02, np.float32)
    active = np.arange(len(origin))
    for _ in range(steps):
        distance = scene(origin[active] + travelled[active, None] * TO_LIGHT)
        seen[active] = np.minimum(seen[active], 0.5 + 0.5 * distance / (0.085 * travelled[active]))
        travelled[active] += np.clip(distance, 0.012, 0.25)
        active = active[(seen[active] > 0) & (travelled[active] < 4)]
        if not active.size:
            break
    seen = np.clip(seen, 0, 1)
    return seen * seen * (3 - 2 * seen)


def normals(p: Float32) -> Float32:
    """Unit normals from four evaluations on a tetrahedron."""
    corners = floats([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]])
    total = sum(corner * scene(p + 0.0015 * corner)[:, None] for corner in corners)
    return floats(total / np.linalg.norm(total, axis=1, keepdims=True))


def openness(p: Float32, normal: Float32) -> Float32:
    """How much sky each point sees, 0..1 (ambient occlusion)."""
    blocked = sum((h - scene(p + h * normal)) * w for h, w in ((0.04, 3.2), (0.12, 1.8), (0.3, 0.9)))
    return floats(np.clip(1 - 0.8 * blocked, 0, 1))


def mix(a: Float32, b: Float32, t: Float32) -> Float32:
    """Colours between a and b."""
    return floats(a + (b - a) * np.clip(t, 0, 1)[:, None])


def colours(p: Float32, kind: Indices) -> Float32:
    """Linear surface colour of each point by the field that it belongs to."""
    x, y, z = p.T
    c = floats
    grain = np.sin(26 * z + 3 * np.sin(1.3 * x + 2 * z) + 2 * np.sin(9 * z)) * 0.5 + 0.5
    wood = mix(c([0.22, 0.105, 0.045]), c([0.12, 0.05, 0.022]), grain * 0.8)
    u, v = 0.80 * (x + 0.25) + 0.60 * (z - 0.55), -0.60 * (x + 0.25) + 0.80 * (z - 0.55)
    stripe = np.maximum(np.abs(u), np.abs(v))
    striped = ((stripe > 0.88) & (stripe < 0.93)) | ((stripe > 0.96) & (stripe < 0.98))
    linen = mix(c([0.70, 0.66, 0.58]), c([0.12, 0.20, 0.38]), striped * 0.85)
    blush = np.clip((x + 0.62) * 2.4 + 0.25 * np.sin(5 * y) + 0.15, 0, 1) * np.clip(1.3 - y, 0, 1)
    pear_skin = mix(c([0.60, 0.52, 0.07]), c([0.55, 0.07, 0.03]), blush * 0.9)
    pear_skin = mix(pear_skin, c([0.30, 0.42, 0.06]), np.clip(y - 0.55, 0, 1) * 1.2)
    glaze = mix(c([0.74, 0.72, 0.66]), c([0.06, 0.15, 0.36]), (np.abs(y - 0.66) < 0.05) * 0.9)
    table = mix(wood, linen, cloth_mask(x, z))
    lit_wall = np.exp(-((x + 1.0) ** 2) / 5 - (y - 1.6) ** 2 / 3)
    plaster = mix(c([0.022, 0.036, 0.036]), c([0.125, 0.15, 0.115]), lit_wall)
    flat = [c([0.10, 0.06, 0.03]), c([0.80, 0.27, 0.02]), c([0.32, 0.012, 0.02]), c([0.16, 0.20, 0.05])]
    dark, peel, cherry, green = (np.broadcast_to(colour, p.shape) for colour in flat)
    choices = np.stack([table, plaster, pear_skin, dark, peel, glaze, cherry, green])
    return floats(choices[kind, np.arange(len(p))])


def light(direction: Float32) -> Float32:
    """Linear light that comes back along each ray from the eye."""
    origin = np.broadcast_to(EYE, direction.shape)
    p = origin + march(origin, direction)[:, None] * direction
    kind = np.argmin([field(p) for field in FIELDS], axis=0)
    normal = normals(p)
    seen = shadow(p + 0.006 * normal) * (kind != 1) + 0.75 * (kind == 1)
    open_sky = openness(p, normal)
    facing = np.clip(normal @ TO_LIGHT, 0, 1) * seen
    upward = 0.5 + 0.5 * normal[:, 1]
    fill = (SKY * upward[:, None] + BOUNCE * (1 - upward)[:, None] * 1.6) * open_sky[:, None]
    halfway = TO_LIGHT - direction
    halfway /= np.linalg.norm(halfway, axis=1, keepdims=True)
    glint = np.clip(np.sum(normal * halfway, axis=1), 0, 1) ** SHINE[kind] * GLOSS[kind] * seen
    rim = np.clip(1 + np.sum(normal * direction, axis=1), 0, 1) ** 4 * GLOSS[kind] * open_sky * 0.25
    return floats(colours(p, kind) * (facing[:, None] * KEY + fill) + glint[:, None] * KEY * 0.5 + rim[:, None] * SKY)


def rays(rows: Indices, width: int, height: int) -> Float32:
    """Unit directions of all rays of some rows of a picture of that size."""
    forward = (LOOK_AT - EYE) / np.linalg.norm(LOOK_AT - EYE)
    right = np.cross(forward, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    x, y = np.meshgrid((np.arange(width) + 0.5 - width / 2) / height, (height / 2 - rows - 0.5) / height)
    direction = forward * ZOOM + x[..., None] * right + y[..., None] * up
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    return floats(direction.reshape(-1, 3))


def draw(width: int, height: int) -> Image.Image:
    """The whole picture, sRGB; contrast is rolled off towards white."""
    tall, wide = height * SAMPLES, width * SAMPLES
    strips = [light(rays(rows, wide, tall)) for rows in np.array_split(np.arange(tall), max(1, tall // 48))]
    linear = np.concatenate(strips).reshape(height, SAMPLES, width, SAMPLES, 3).mean(axis=(1, 3))
    exposed = 1 - np.exp(-1.15 * linear)
    srgb = np.where(exposed <= 0.0031308, exposed * 12.92, 1.055 * exposed ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.asarray(srgb * 255 + 0.5, np.uint8))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/draw_sample.py OUT.jpg")
    draw(WIDTH, HEIGHT).save(sys.argv[1], quality=93, subsampling=0, optimize=True)
