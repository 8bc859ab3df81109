"""The three published methods written plainly on NumPy, OpenCV and scikit-learn, with the definitions and solvers that
TIAToolbox documents; one JSON line per method, as `Coverslip.Bench stain` prints them.

peers.py REFERENCE IMAGE [--rounds 7] [--warmup 2]
peers.py IMAGE --tile SIDE FILE       continues an image by reflection to SIDE × SIDE pixels"""
import argparse
import json
import time
import warnings

import cv2
import numpy as np
from sklearn.decomposition import DictionaryLearning

TISSUE = 0.8  # of L*'s range
TAIL = 1      # per cent of the tissue beyond either of Macenko's directions
STRONG = 99   # per cent of the concentrations


def optical_density(image):
    """[H, W, 3] bytes → [H · W, 3]."""
    return np.maximum(-np.log(np.maximum(image, 1) / 255), 1e-6).reshape(-1, 3)


def tissue(image):
    """[H · W] whether a pixel of the image, stretched between its 2nd and 98th percentile, is darker than TISSUE."""
    low, high = np.percentile(image, (2, 98))
    stretched = np.uint8((np.clip(image.astype(float), low, high) - low) / (high - low) * 255)
    return (cv2.cvtColor(stretched, cv2.COLOR_RGB2LAB)[:, :, 0] / 255 < TISSUE).ravel()


def ordered(vectors):
    """Unit length; haematoxylin, which takes more red, first."""
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors if vectors[0, 0] > vectors[1, 0] else vectors[::-1]


def macenko_stains(image):
    density = optical_density(image)[tissue(image)]
    _, axes = np.linalg.eigh(np.cov(density, rowvar=False))
    plane = axes[:, [2, 1]]
    plane = plane * np.where(plane[0] < 0, -1, 1)
    on_plane = density @ plane
    angles = np.percentile(np.arctan2(on_plane[:, 1], on_plane[:, 0]), (TAIL, 100 - TAIL))
    return ordered((plane @ np.array([np.cos(angles), np.sin(angles)])).T)


def vahadane_stains(image):
    density = optical_density(image)[tissue(image)]
    learning = DictionaryLearning(
        n_components=2, alpha=0.1, transform_alpha=0.1, fit_algorithm="lars", transform_algorithm="lasso_lars",
        positive_dict=True, max_iter=3, transform_max_iter=1000)
    return ordered(learning.fit_transform(density.T).T)


class Separation:
    def __init__(self, stains, reference):
        self.stains = stains
        self.reference = stains(reference)
        self.strength = self.strengths(self.concentrations(reference, self.reference))

    def concentrations(self, image, stains):
        return np.linalg.lstsq(stains.T, optical_density(image).T, rcond=-1)[0].T

    def strengths(self, concentrations):
        return np.percentile(concentrations, STRONG, axis=0)

    def apply(self, image):
        concentrations = self.concentrations(image, self.stains(image))
        concentrations *= self.strength / self.strengths(concentrations)
        light = 255 * np.exp(-concentrations @ self.reference)
        return np.clip(light, 0, 255).reshape(image.shape).astype(np.uint8)


class Reinhard:
    def __init__(self, reference):
        self.mean, self.deviation = self.statistics(self.lab(reference))

    def lab(self, image):
        l, a, b = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32))
        return [l / 2.55, a - 128, b - 128]

    def statistics(self, lab):
        both = [cv2.meanStdDev(channel) for channel in lab]
        return [mean.item() for mean, _ in both], [deviation.item() for _, deviation in both]

    def apply(self, image):
        lab = self.lab(image)
        mean, deviation = self.statistics(lab)
        l, a, b = [(lab[c] - mean[c]) * (self.deviation[c] / deviation[c]) + self.mean[c] for c in range(3)]
        moved = np.clip(cv2.merge((l * 2.55, a + 128, b + 128)), 0, 255).astype(np.uint8)
        return cv2.cvtColor(moved, cv2.COLOR_LAB2RGB)


def read(path):
    return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("images", nargs="+")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--tile", nargs=2)
    options = parser.parse_args()
    if options.tile:
        image, side = cv2.imread(options.images[0]), int(options.tile[0])
        missing = [(0, max(0, side - length)) for length in image.shape[:2]]
        tiled = np.pad(image, [*missing, (0, 0)], "symmetric")
        cv2.imwrite(options.tile[1], tiled[:side, :side])
        return
    warnings.filterwarnings("ignore")
    reference, image = map(read, options.images)
    makers = {"macenko": lambda: Separation(macenko_stains, reference),
              "vahadane": lambda: Separation(vahadane_stains, reference),
              "reinhard": lambda: Reinhard(reference)}
    for name, make in makers.items():
        normaliser, milliseconds = make(), []
        for i in range(options.warmup + options.rounds):
            start = time.perf_counter()
            normaliser.apply(image)
            if i >= options.warmup:
                milliseconds.append((time.perf_counter() - start) * 1e3)
        row = {"who": "python", "what": name, "side": image.shape[1], "milliseconds": milliseconds}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
