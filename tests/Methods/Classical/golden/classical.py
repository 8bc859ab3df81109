"""Writes classical.json: features and classifiers as numpy, scikit-image, scikit-learn and OpenCV compute them.

    /usr/bin/python3 classical.py        (numpy, scipy, scikit-image 0.19, scikit-learn 1.2, OpenCV 4.6)

Threshold adjacency statistics are rendered from their definition (Hamilton et al. 2007, Coelho et al. 2010), neighbour by
neighbour. Images and data are stored, so that the tests need no generator.
"""

import json
import math
import pathlib

import cv2
import numpy as np
from skimage.feature import local_binary_pattern
from skimage.filters import threshold_otsu
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier

HEIGHT, WIDTH = 22, 27


def blobs(generator):
    """Bright blobs with noise, the way tissue is neither flat nor white noise; [H, W, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    image = np.zeros((HEIGHT, WIDTH, 3))
    for _ in range(12):
        centre, radius = generator.uniform((0, 0), (HEIGHT, WIDTH)), generator.uniform(2, 6)
        near = np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / radius**2)
        image += near[:, :, None] * generator.uniform(20, 150, 3)
    return np.clip(image + 40 + generator.normal(0, 12, image.shape), 0, 255).astype(np.uint8)


def histogram(image, valid):
    return np.concatenate([np.histogram(image[:, :, c][valid], bins=16, range=(0, 256))[0] for c in range(3)]) / valid.sum()


def grey(image):
    r, g, b = (image[:, :, c].astype(int) for c in range(3))
    return ((299 * r + 587 * g + 114 * b + 500) // 1000).astype(np.uint8)


def pattern_codes(image, valid, points, radius):
    """scikit-image's codes where the circle's pixels are in the image and valid; -1 elsewhere."""
    codes = local_binary_pattern(grey(image), points, radius, "uniform").astype(int)
    kept = np.full_like(codes, -1)
    margin = math.ceil(radius)
    for y in range(margin, HEIGHT - margin):
        for x in range(margin, WIDTH - margin):
            touched = [(y, x)]
            for i in range(points):
                down = round(-radius * math.sin(2 * math.pi * i / points), 5)
                right = round(radius * math.cos(2 * math.pi * i / points), 5)
                for row in {math.floor(y + down), math.ceil(y + down)}:
                    for column in {math.floor(x + right), math.ceil(x + right)}:
                        touched.append((row, column))
            if all(valid[t] for t in touched):
                kept[y, x] = codes[y, x]
    return kept


def otsu(values):
    """The threshold of the greatest variance between the classes below or at it, and above it."""
    best, threshold = -1, 0
    for candidate in range(256):
        low, high = values[values <= candidate], values[values > candidate]
        if len(low) and len(high):
            between = len(low) * len(high) * (low.mean() - high.mean()) ** 2
            if between > best * (1 + 1e-12):
                best, threshold = between, candidate
    return threshold


def adjacency(white, valid):
    """Shares of white pixels with 0 to 8 white neighbours; beyond the border the edge goes on."""
    counts = np.zeros(9)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if not (white[y, x] and valid[y, x]):
                continue
            neighbours = 0
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    at = min(max(y + down, 0), HEIGHT - 1), min(max(x + right, 0), WIDTH - 1)
                    neighbours += (down, right) != (0, 0) and bool(white[at] and valid[at])
            counts[neighbours] += 1
    return counts / max(counts.sum(), 1)


def pftas(image, valid):
    features = []
    for channel in range(3):
        values = image[:, :, channel].astype(float)
        bright = values[valid][values[valid] > otsu(values[valid])]
        mean, deviation = (bright.mean(), bright.std()) if len(bright) else (0, 0)
        whites = [
            (values > mean - deviation) & (values < mean + deviation),
            values > mean - deviation,
            values > mean,
        ]
        features += [adjacency(white, valid) for white in whites]
        features += [adjacency(~white, valid) for white in whites]
    return np.concatenate(features)


def image_case(seed, masked):
    generator = np.random.default_rng(seed)
    image = blobs(generator)
    valid = np.ones((HEIGHT, WIDTH), bool)
    if masked:
        valid[:9, :11] = False
        valid[15:18, 14:22] = False
    else:
        channel = image[:, :, 0]
        assert otsu(channel.ravel().astype(float)) == threshold_otsu(channel)
    return {
        "image": image.ravel().tolist(),
        "valid": valid.astype(int).ravel().tolist(),
        "histogram": histogram(image, valid).tolist(),
        "codes_8_1": pattern_codes(image, valid, 8, 1).ravel().tolist(),
        "codes_16_2": pattern_codes(image, valid, 16, 2).ravel().tolist(),
        "codes_12_2.5": pattern_codes(image, valid, 12, 2.5).ravel().tolist(),
        "pftas": pftas(image, valid).tolist(),
    }


def classes(seed, count):
    """Three classes of 5 features, with their own covariances."""
    generator = np.random.default_rng(seed)
    rows, labels = [], []
    for label, images in enumerate(count):
        turn = generator.normal(0, 1, (5, 5))
        rows.append(generator.normal(0, 1, (images, 5)) @ turn + generator.normal(0, 1.5, 5))
        labels += [label] * images
    return np.concatenate(rows), np.array(labels)


def learners():
    rows, labels = classes(3, (14, 25, 19))
    # One draw, parted: the tested images come from the same classes.
    tested = np.arange(len(rows)) % 3 == 0
    known, asked, truth = rows[~tested], rows[tested], labels[~tested]
    case = {"rows": known.tolist(), "labels": truth.tolist(), "tested": asked.tolist()}
    for shrinkage in (0.0, 0.1, 0.5):
        qda = QuadraticDiscriminantAnalysis(reg_param=shrinkage).fit(known, truth)
        case[f"qda_{shrinkage}"] = qda.predict_proba(asked).tolist()
    principal = PCA(n_components=3).fit(known)
    qda = QuadraticDiscriminantAnalysis(reg_param=0.2).fit(principal.transform(known), truth)
    case["qda_components"] = qda.predict_proba(principal.transform(asked)).tolist()
    case["nearest"] = KNeighborsClassifier(1).fit(known, truth).predict(asked).tolist()

    single, asked32 = known.astype(np.float32), asked.astype(np.float32)
    forest = cv2.ml.RTrees_create()
    forest.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, 50, 0))
    forest.setMaxDepth(6)
    forest.setMinSampleCount(2)
    forest.setActiveVarCount(0)
    cv2.setRNGSeed(8)  # one more than the test's seed
    forest.train(single, cv2.ml.ROW_SAMPLE, truth.astype(np.int32))
    votes = forest.getVotes(asked32, 0)
    assert votes[0].tolist() == [0, 1, 2]
    case["forest_votes"] = votes[1:].tolist()

    machine = cv2.ml.SVM_create()
    machine.setType(cv2.ml.SVM_C_SVC)
    machine.setKernel(cv2.ml.SVM_RBF)
    machine.setC(10)
    machine.setGamma(0.8 / 5)
    machine.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 1000000, 1e-6))
    decisions = []
    for label in range(3):
        machine.train(single, cv2.ml.ROW_SAMPLE, (truth == label).astype(np.int32))
        # OpenCV's decision value is positive for the smaller label.
        decisions.append(-machine.predict(asked32, flags=cv2.ml.StatModel_RAW_OUTPUT)[1].ravel())
        predicted = machine.predict(asked32)[1].ravel()
        assert ((decisions[-1] > 0) == (predicted == 1)).all()
    powers = np.exp(np.array(decisions, dtype=float))
    case["svm"] = (powers / powers.sum(axis=0)).T.tolist()
    return case


if __name__ == "__main__":
    golden = {
        "height": HEIGHT,
        "width": WIDTH,
        "whole": image_case(1, masked=False),
        "masked": image_case(2, masked=True),
        "learners": learners(),
    }
    pathlib.Path(__file__).with_name("classical.json").write_text(json.dumps(golden) + "\n")
