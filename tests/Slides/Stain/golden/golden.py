"""Writes golden.json and the normalised images from reference.png and source.png (phantoms of 128 × 128 pixels, made by
`Coverslip.Bench stain-phantom 128 reference.png --stain 3 --seed 1` and `… source.png --stain 8 --seed 2`).

Needs Debian's python3-opencv, python3-numpy, python3-scipy and python3-sklearn. Every pixel is taken as it is, without
a histogram; the sparse factors come from scikit-learn, concentrations from SciPy's non-negative least squares."""
import json
import pathlib

import cv2
import numpy as np
from scipy.optimize import nnls
from sklearn.decomposition import DictionaryLearning

HERE = pathlib.Path(__file__).parent


def read(name):
    return cv2.cvtColor(cv2.imread(str(HERE / name)), cv2.COLOR_BGR2RGB)


def write(name, image):
    cv2.imwrite(str(HERE / name), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


def density(image):
    return np.maximum(-np.log(np.maximum(image, 1) / 255), 1e-6).reshape(-1, 3)


def tissue(image):
    return (cv2.cvtColor(image, cv2.COLOR_RGB2LAB)[:, :, 0] / 255 < 0.8).ravel()


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def macenko(image):
    """Macenko et al. 2009, as StainTools computes it."""
    values = density(image)[tissue(image)]
    axes = np.linalg.eigh(np.cov(values, rowvar=False))[1][:, [2, 1]]
    axes = axes * np.where(axes[0] < 0, -1, 1)
    on_plane = values @ axes
    angles = np.percentile(np.arctan2(on_plane[:, 1], on_plane[:, 0]), (1, 99))
    found = unit((axes @ np.array([np.cos(angles), np.sin(angles)])).T)
    return found if found[0, 0] > found[1, 0] else found[::-1]


def vahadane(image):
    """Vahadane et al. 2016 from a random start; pixels with a channel at 0 left out."""
    values = density(image)[tissue(image) & (image.reshape(-1, 3).min(1) > 0)]
    learning = DictionaryLearning(
        n_components=2, alpha=0.1, fit_algorithm="cd", positive_code=True, positive_dict=True,
        max_iter=400, tol=1e-7, random_state=1)
    found = unit(learning.fit(values).components_)
    return found if found[0, 0] * found[1, 2] > found[1, 0] * found[0, 2] else found[::-1]


def concentrations(image, stains, sparsity=0.01):
    """argmin ½ ‖density − c stains‖² + sparsity · Σ c for c ≥ 0: by the root of the Gram matrix plain least squares."""
    root = np.linalg.cholesky(stains @ stains.T)
    right = np.linalg.solve(root, (density(image) @ stains.T - sparsity).T).T
    return np.array([nnls(root.T, row)[0] for row in right])


def separated(find):
    result, stains, found = {}, {}, {}
    for name in ("reference", "source"):
        image = read(f"{name}.png")
        stains[name] = find(image)
        found[name] = concentrations(image, stains[name])
        result[name] = {"stains": stains[name].tolist(), "strength": np.percentile(found[name], 99, axis=0).tolist()}
    factor = np.array(result["reference"]["strength"]) / result["source"]["strength"]
    light = 255 * np.exp(-(found["source"] * factor) @ stains["reference"])
    write(f"{find.__name__}.png", np.round(light).astype(np.uint8).reshape(read("source.png").shape))
    return result


def reinhard():
    """Reinhard et al. 2001 in OpenCV's 8-bit L*a*b*, as TIAToolbox computes it, rounded."""
    labs = {name: cv2.cvtColor(read(f"{name}.png"), cv2.COLOR_RGB2LAB).astype(float).reshape(-1, 3)
            for name in ("reference", "source")}
    result = {name: {"mean": ((lab.mean(0) - (0, 128, 128)) / (2.55, 1, 1)).tolist(),
                     "deviation": (lab.std(0) / (2.55, 1, 1)).tolist()} for name, lab in labs.items()}
    source, target = labs["source"], labs["reference"]
    moved = (source - source.mean(0)) * (target.std(0) / source.std(0)) + target.mean(0)
    lab = np.clip(np.round(moved), 0, 255).astype(np.uint8).reshape(read("source.png").shape)
    write("reinhard.png", cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))
    return result


def main():
    golden = {"macenko": separated(macenko), "vahadane": separated(vahadane), "reinhard": reinhard()}
    (HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
