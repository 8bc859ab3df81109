"""Writes readers.json: the study of Van Dyke with what published programs make of it, and figures of numpy beside them.

    python3 tests/Evaluation/golden/readers.py

Ratings of five readers for 114 patients (69 without, 45 with aortic dissection), spin-echo and cine MRI, from 1 (surely
none) to 5: Van Dyke et al. 1993, as VD.lrc of the R package RJafroc has them (a pair of digits a patient). PUBLISHED is the
output of OR-DBM MRMC 2.51 (Schartz, Hillis, Pesce & Berbaum; trapezoidal area, jackknife), inst/IowaResults/VanDyke.txt of
the same package, and of JAFROC 4.2.1 for the figures of merit. Nothing here is shared with the C# code. numpy 1.24 was used.
"""
import json
import os

import numpy as np
from scipy import stats

NORMAL = [
    "13 23 23 12 52 12 12 12 13 12 11 13 41 12 12 12 12 12 12 11 11 11 31 11 34 12 11 23 11 42 12 11 14 13 12 33 11 22 "
    "13 21 12 12 22 33 33 11 31 11 13 33 33 11 11 13 14 11 12 24 22 11 12 14 11 34 34 22 11 11 11",
    "23 32 22 22 22 22 22 22 23 32 22 22 52 22 22 21 32 22 22 22 21 22 22 22 43 22 22 22 22 32 22 21 22 22 21 22 22 22 "
    "22 22 23 21 22 22 23 22 22 22 22 22 22 22 22 22 23 22 22 43 32 22 22 32 22 22 22 22 21 22 22",
    "22 24 22 22 32 52 13 12 22 22 41 21 41 23 22 22 32 22 21 22 11 21 32 21 44 11 11 35 21 22 11 11 22 21 22 42 12 21 "
    "12 42 12 21 11 13 22 21 21 21 22 23 33 21 11 13 22 12 11 22 23 12 13 54 11 42 24 12 21 12 21",
    "12 12 11 11 11 11 33 11 12 11 11 11 11 12 12 11 11 11 12 11 21 11 11 11 23 12 11 12 11 22 11 11 11 11 12 12 11 11 "
    "12 11 11 11 11 11 12 11 12 11 32 31 12 12 11 11 11 11 11 12 11 12 11 11 11 33 12 13 12 11 11",
    "32 52 13 21 12 12 12 12 21 22 22 12 21 11 11 12 22 22 11 12 32 22 21 12 13 12 12 23 12 11 22 11 12 22 32 12 21 21 "
    "12 11 12 31 31 33 22 11 12 12 23 13 12 11 12 12 12 12 11 32 42 12 22 33 11 22 13 23 11 11 31",
]
DISEASED = [
    "55 53 55 55 45 55 55 55 44 55 55 55 45 34 44 23 43 55 55 55 55 55 55 55 13 55 45 43 55 45 55 55 34 54 55 55 15 13 "
    "55 55 55 45 45 55 11",
    "55 33 55 55 55 55 55 45 22 55 55 55 43 44 24 22 24 55 54 55 55 55 54 55 22 45 32 33 55 45 55 53 22 44 22 55 25 22 "
    "55 55 55 55 35 55 22",
    "55 42 55 55 55 55 55 55 55 55 55 55 53 45 24 31 54 55 55 55 55 55 55 55 22 55 23 23 55 55 55 54 23 55 55 55 25 23 "
    "54 55 55 55 55 55 21",
    "55 54 55 55 55 55 55 55 54 55 55 55 54 55 55 15 55 55 55 55 55 55 55 55 54 55 45 54 44 45 55 55 35 55 55 55 15 23 "
    "55 55 55 55 55 55 55",
    "55 22 55 24 55 55 55 55 15 54 45 55 43 54 23 23 33 55 55 55 55 55 55 45 12 45 41 33 23 22 15 53 12 55 14 55 15 13 "
    "53 55 55 35 55 55 23",
]
PUBLISHED = {
    "figures": [[0.91964573, 0.85877617, 0.90386473, 0.97310789, 0.82979066],
                [0.94782609, 0.90531401, 0.92173913, 0.99935588, 0.92995169]],
    "difference": 0.04380032, "ms_t": 0.00479617, "ms_r": 0.00383620, "ms_tr": 0.00055103,
    "variance": 0.00080229, "cov1": 0.00034661, "cov2": 0.00034407, "cov3": 0.00023903,
    "both": {"f": 4.46, "df": 15.26, "p": 0.0517, "error": 0.02075, "low": -0.00036, "high": 0.08796},
    "cases": {"p": 0.0193, "error": 0.01872, "low": 0.00711, "high": 0.08049},
    "readers": {"p": 0.0420, "error": 0.01485, "df": 4, "low": 0.00258, "high": 0.08502},
    "means": [{"value": 0.89703704, "error": 0.03317360, "df": 12.74, "low": 0.82522360, "high": 0.96885048},
              {"value": 0.94083736, "error": 0.02156637, "df": 12.71, "low": 0.89413783, "high": 0.98753689}],
}


def auc(normal, diseased):
    d = np.subtract.outer(np.asarray(diseased, float), np.asarray(normal, float))
    d[np.isnan(d)] = 0  # both without a mark
    return float(np.mean((d > 0) + 0.5 * (d == 0)))


def components(cov):
    """The mean variance and covariances of Obuchowski & Rockette of a [2, readers, 2, readers] matrix."""
    r = cov.shape[1]
    other = ~np.eye(r, dtype=bool)
    return (np.mean([cov[i, j, i, j] for i in (0, 1) for j in range(r)]),
            np.mean([cov[0, j, 1, j] for j in range(r)]),
            np.mean([cov[i][:, i][other] for i in (0, 1)]),
            np.mean(cov[0][:, 1][other]))


def jackknife(figure, cases):
    base = np.array([figure(np.delete(np.arange(cases), k)) for k in range(cases)])  # [cases, 2, readers]
    d = base - base.mean(0)
    return (cases - 1) / cases * np.einsum("kij,klm->ijlm", d, d)


def delong(ratings, truth):
    """Covariances of areas by placements: DeLong et al. 1988, eq. 3 to 6."""
    x, y = ratings[..., truth], ratings[..., ~truth]
    wins = (x[..., :, None] > y[..., None, :]) + 0.5 * (x[..., :, None] == y[..., None, :])
    v10, v01 = wins.mean(-1), wins.mean(-2)
    a, b = v10 - v10.mean(-1, keepdims=True), v01 - v01.mean(-1, keepdims=True)
    m, n = x.shape[-1], y.shape[-1]
    return np.einsum("ijk,lmk->ijlm", a, a) / (m - 1) / m + np.einsum("ijk,lmk->ijlm", b, b) / (n - 1) / n


def test_both(theta, parts):
    _, cov1, cov2, cov3 = parts
    r = theta.shape[1]
    rest = theta - theta.mean(0) - theta.mean(1, keepdims=True) + theta.mean()
    ms_t = r * ((theta.mean(1) - theta.mean()) ** 2).sum()
    ms_tr = (rest ** 2).sum() / (r - 1)
    term = ms_tr + r * max(cov2 - cov3, 0)
    df = term ** 2 / (ms_tr ** 2 / (r - 1))
    error = float(np.sqrt(2 / r * term))
    gain = float(theta[1].mean() - theta[0].mean())
    reach = float(stats.t.ppf(0.975, df)) * error
    return {"gain": gain, "error": error, "df": float(df), "p": float(stats.f.sf(ms_t / term, 1, df)),
            "low": gain - reach, "high": gain + reach}


def van_dyke():
    pairs = [[n.split() + d.split()] for n, d in zip(NORMAL, DISEASED)]
    ratings = np.array([[[int(p[i]) for p in reader[0]] for reader in pairs] for i in (0, 1)])
    truth = np.arange(114) >= 69
    assert ratings.shape == (2, 5, 114)

    def figure(cases):
        return [[auc(ratings[i, j, cases][~truth[cases]], ratings[i, j, cases][truth[cases]]) for j in range(5)]
                for i in (0, 1)]
    theta = np.array(figure(np.arange(114)))
    assert np.allclose(theta, PUBLISHED["figures"], atol=1e-8)
    parts = components(jackknife(figure, 114))
    assert np.allclose(parts, [PUBLISHED[k] for k in ("variance", "cov1", "cov2", "cov3")], atol=1e-8)
    both = test_both(theta, parts)
    assert abs(both["p"] - PUBLISHED["both"]["p"]) < 5e-5 and abs(both["df"] - PUBLISHED["both"]["df"]) < 5e-3
    by_placement = components(delong(ratings, truth))
    return {"ratings": ratings.tolist(), "normal": 69, "published": PUBLISHED, "jackknife": both,
            "delong_components": [float(v) for v in by_placement], "delong": test_both(theta, by_placement)}


def free_response():
    """A study with marks: three readers, two phases; lesions found and false marks, rated 1 to 5, some cases several."""
    rng = np.random.default_rng(18)
    lesions = rng.integers(1, 4, 12)
    cases = []
    for i in range(30):
        n = int(lesions[i]) if i < 12 else 0
        cases.append({"lesions": n, "readings": [[{
            "found": [int(rng.integers(2, 6)) if rng.random() < 0.5 + 0.2 * phase else None for _ in range(n)],
            "false": [int(rng.integers(1, 4)) for _ in range(rng.poisson(0.6))]} for _ in range(3)] for phase in (0, 1)]})
    none = -np.inf

    def figure(chosen):
        table = np.empty((2, 3))
        for i in (0, 1):
            for j in range(3):
                read = [(cases[k], cases[k]["readings"][i][j]) for k in chosen]
                normal = [max(r["false"], default=none) for c, r in read if c["lesions"] == 0]
                found = [none if f is None else f for c, r in read for f in r["found"]]
                with np.errstate(invalid="ignore"):
                    table[i, j] = auc(normal, found)
        return table
    theta = figure(range(30))
    return {"cases": cases, "figures": theta.tolist(), "both": test_both(theta, components(jackknife(figure, 30)))}


def kappas():
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 3, (4, 25))
    codes[:, :15] = codes[0, :15]
    table = np.array([[np.sum(codes[:, k] == c) for c in range(3)] for k in range(25)])
    p = np.mean((np.sum(table ** 2, 1) - 4) / 12)
    chance = np.sum((table.sum(0) / table.sum()) ** 2)
    a, b = codes[0], codes[1]
    seen = np.mean(a == b)
    by_chance = sum(np.mean(a == c) * np.mean(b == c) for c in range(3))
    return {"codes": codes.tolist(), "fleiss": float((p - chance) / (1 - chance)),
            "cohen": float((seen - by_chance) / (1 - by_chance))}


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "readers.json"), "w") as file:
    json.dump({"van_dyke": van_dyke(), "free_response": free_response(), "kappas": kappas()}, file)
