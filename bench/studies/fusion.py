"""What ways to fuse the score lists of bench/studies/score-lists.fsx are worth: the rows are cut in halves by chance, one half teaches the
fusion and its threshold for micro-F1, the other measures, and the other way round; means over the cuts.

    python3 bench/studies/fusion.py OUT [CUTS]
"""

import pathlib
import sys

import numpy as np
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

FOLDER = pathlib.Path(sys.argv[1])
CUTS = int(sys.argv[2]) if len(sys.argv) > 2 else 2


def numbers(name, kind):
    return np.fromfile(FOLDER / f"{name}.{kind}", dtype=kind)


def matrix(name, columns):
    starts, indices = numbers(f"{name}.starts", "int32"), numbers(f"{name}.indices", "int32")
    return sparse.csr_matrix((np.ones(len(indices), "float32"), indices, starts), (len(starts) - 1, columns))


RARITY = numbers("rarity", "float32")
RARITY = RARITY / RARITY.max()
LABELS = len(RARITY)
PAIRS, TRUTH, TRAIN = (matrix(name, LABELS) for name in ("pairs", "truth", "train"))
ROW = np.repeat(np.arange(PAIRS.shape[0]), np.diff(PAIRS.indptr))
LABEL = PAIRS.indices
HIT = np.asarray(TRUTH[ROW, LABEL]).ravel() > 0
NAMES = (FOLDER / "scorers.txt").read_text().split("\n")[:-1]
MARGINS = np.stack([numbers(f"margins.{s}", "float32") for s in range(len(NAMES))], 1)
VOTES = numbers("neighbours", "float32")


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -40, 40)))


def logistic_features(margins):
    plain = np.column_stack([margins, VOTES, np.log(VOTES + 0.02), np.ones(len(VOTES))])
    rare = RARITY[LABEL][:, None]
    return np.hstack([(1 - rare) * plain, rare * plain])


def logistic(features):
    """The library's stack, without the bounds of its slopes."""

    def fit(rows):
        model = LogisticRegression(C=10, max_iter=300, fit_intercept=False).fit(features[rows], HIT[rows])
        return model.decision_function(features)

    return fit


def in_row(z):
    """Of each pair in its row: place, distance to the best, and the expected number of labels."""
    order = np.lexsort((-z, ROW))
    place = np.empty(len(z))
    place[order] = np.arange(len(z)) - PAIRS.indptr[ROW[order]]
    best = np.maximum.reduceat(z, PAIRS.indptr[:-1])
    size = np.add.reduceat(sigmoid(z), PAIRS.indptr[:-1])
    return np.column_stack([place, best[ROW] - z, size[ROW]])


def company(z):
    """What the row's other candidates say of a label: the log of the mean lift over them, weighed by their probabilities; lift from training rows' pairs of labels."""
    counts = np.asarray(TRAIN.sum(0)).ravel()
    together = (TRAIN.T @ TRAIN).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    given = sparse.diags(1 / (counts + 5)) @ together  # P(l | c), row c
    p = sparse.csr_matrix((sigmoid(z), PAIRS.indices, PAIRS.indptr), PAIRS.shape)
    told = (p @ given).tocsr()
    return np.log(np.asarray(told[ROW, LABEL]).ravel() / (counts[LABEL] / TRAIN.shape[0] + 1e-4) / 5 + 0.1)


def boosted(base, features, depth, monotone):
    """Trees shared by all labels on what the logistic stack says and more; of depth 1 they are a sum of functions of single features."""

    def fit(rows):
        z = base(rows)
        x = np.column_stack([z, in_row(z), features, VOTES, RARITY[LABEL]])
        signs = np.zeros(x.shape[1], int)
        signs[0] = 1
        signs[4 : 4 + monotone] = 1
        model = HistGradientBoostingClassifier(
            max_depth=depth, learning_rate=0.1, max_iter=150, min_samples_leaf=200, monotonic_cst=signs, early_stopping=False, random_state=1
        ).fit(x[rows], HIT[rows])
        return model.decision_function(x)

    return fit


def with_company(base):
    def fit(rows):
        z = base(rows)
        rare = RARITY[LABEL]
        told = company(z)
        x = np.column_stack([z, z * rare, told, told * rare, rare, np.ones(len(z))])
        return LogisticRegression(C=10, max_iter=300, fit_intercept=False).fit(x[rows], HIT[rows]).decision_function(x)

    return fit


def micro_cut(z, hit, positives):
    order = np.argsort(-z)
    tp = np.cumsum(hit[order])
    f1 = 2 * tp / (np.arange(1, len(z) + 1) + positives)
    return z[order][f1.argmax()]


def precision_at(z, k, rows):
    order = np.lexsort((-z, ROW))
    place = np.arange(len(z)) - PAIRS.indptr[ROW[order]]
    first = order[(place < k) & rows[ROW[order]]]
    return HIT[first].sum() / (k * rows.sum())


def measure(fuse, share=1.0):
    found = []
    for cut in range(CUTS):
        half = np.random.default_rng(cut).permutation(PAIRS.shape[0]) % 2 == 0
        for teaches in (half, ~half):
            some = teaches & (np.random.default_rng(99).random(len(teaches)) < share)
            inside, outside = some[ROW], ~teaches[ROW]
            z = fuse(inside)
            said = z >= micro_cut(z[inside], HIT[inside], TRUTH[some].nnz)
            tp = (said & HIT & outside).sum()
            micro = 2 * tp / ((said & outside).sum() + TRUTH[~teaches].nnz)
            found.append([micro, precision_at(z, 1, ~teaches), precision_at(z, 5, ~teaches)])
    return np.mean(found, 0)


def say(name, fuse, share=1.0):
    micro, first, five = measure(fuse, share)
    print(f"| {name} | {micro:.4f} | {first:.4f} | {five:.4f} |", flush=True)


def of(*scorers):
    return MARGINS[:, [NAMES.index(s) for s in scorers]]


def main():
    print("| fusion | micro-F1 | P@1 | P@5 |\n|---|---|---|---|")
    now = of("network 1", "linear", "pairs: linear")
    stack = logistic(logistic_features(now))
    say("logistic: network, linear, pairs (the default)", stack)
    for more in (["network 2"], ["pairs: network"], ["beginning: linear"], ["beginning: linear", "beginning: network"], ["network 2", "pairs: network"]):
        say(f"with {' and '.join(more)}", logistic(logistic_features(np.hstack([now, of(*more)]))))
    everything = logistic(logistic_features(MARGINS))
    say("with all of them", everything)
    for share in (0.25, 0.5):
        say(f"the default, learned from {share:.0%} of the half", stack, share)
    say("the default, the row's other labels", with_company(stack))
    for depth in (1, 2, 4):
        say(f"boosted trees of depth {depth} on the default", boosted(stack, now, depth, now.shape[1]))
    say("all of them, the row's other labels", with_company(everything))
    say("boosted trees of depth 4 on all of them", boosted(everything, MARGINS, 4, MARGINS.shape[1]))


if __name__ == "__main__":
    main()
