#!/usr/bin/python3
"""Areas of polygons in rectangles, for PolygonRegionTests. Run: python3 areas.py > areas.json

Simple polygons: clipped by Sutherland & Hodgman's algorithm in rational numbers, the area by the shoelace formula: exact.
Polygons that cross themselves: winding numbers of 3000 x 3000 points in the rectangle, which is good to about 1e-3.
"""
import json
import random
from fractions import Fraction
from math import cos, pi, sin

import numpy as np

random.seed(20170303)


def clip(ring, box):
    x0, y0, x1, y1 = box
    for axis, limit, sign in ((0, x0, 1), (0, x1, -1), (1, y0, 1), (1, y1, -1)):
        result = []
        for a, b in zip(ring, ring[1:] + ring[:1]):
            inside_a, inside_b = sign * (a[axis] - limit) >= 0, sign * (b[axis] - limit) >= 0
            if inside_a:
                result.append(a)
            if inside_a != inside_b:
                t = (limit - a[axis]) / (b[axis] - a[axis])
                result.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        ring = result
        if not ring:
            return []
    return ring


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def exact(points):
    return [tuple(map(Fraction, p)) for p in points]


def star(cx, cy, least, most, corners):
    angles = sorted(random.uniform(0, 2 * pi) for _ in range(corners))
    radii = [random.uniform(least, most) for _ in angles]
    return [[cx + r * cos(t), cy + r * sin(t)] for r, t in zip(radii, angles)]


def box_near(cx, cy, reach):
    x0, y0 = cx + random.uniform(-reach, reach / 2), cy + random.uniform(-reach, reach / 2)
    return [x0, y0, x0 + random.uniform(1, reach), y0 + random.uniform(1, reach)]


def clipped(polygon, box):
    sides = [Fraction(v) for v in box]
    areas = [area(clip(exact(ring), sides)) for ring in polygon]
    return float(areas[0] - sum(areas[1:]))


def winding(ring, box):
    n = 3000
    xs = box[0] + (np.arange(n) + 0.5) / n * (box[2] - box[0])
    ys = box[1] + (np.arange(n) + 0.5) / n * (box[3] - box[1])
    x, y = np.meshgrid(xs, ys)
    total = np.zeros((n, n), dtype=int)
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]):
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        total += (ay <= y) & (by > y) & (side > 0)
        total -= (ay > y) & (by <= y) & (side < 0)
    return float((total != 0).mean() * (box[2] - box[0]) * (box[3] - box[1]))


cases = []
for i in range(60):
    scale = random.choice([1, 100, 10000])
    cx, cy = random.uniform(0, 10 * scale), random.uniform(0, 10 * scale)
    polygon = [star(cx, cy, 2 * scale, 4 * scale, 40)]
    if i % 2:
        # The outer ring's corners are at least 2 away, its edges at least 1 where angles are this near.
        polygon.append(star(cx, cy, 0.1 * scale, 0.4 * scale, 8))
    box = box_near(cx, cy, 4 * scale)
    cases.append({"polygon": polygon, "box": box, "area": clipped(polygon, box), "exact": True})
crossing = [
    [[0, 0], [4, 4], [4, 0], [0, 4]],
    [[10 * sin(4 * pi * i / 5), 10 * cos(4 * pi * i / 5)] for i in range(5)],
    [[0, 0], [10, 0], [10, 10], [4, 10], [4, -3], [6, -3], [6, 8], [0, 8]],
    [[random.uniform(0, 100), random.uniform(0, 100)] for _ in range(12)],
    [[random.uniform(0, 100), random.uniform(0, 100)] for _ in range(20)],
]
for ring in crossing:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    whole = [min(xs), min(ys), max(xs), max(ys)]
    part = [xs[0] - 1, ys[0] - 1.5, xs[0] + 2.5, ys[0] + 2]
    for box in (whole, part):
        cases.append({"polygon": [ring], "box": box, "area": winding(ring, box), "exact": False})
print(json.dumps(cases))
