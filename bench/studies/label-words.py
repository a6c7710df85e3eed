"""What words of their own say of labels beside the score lists of bench/studies/score-lists.fsx: log-ratios of a word's weight in a label's training rows and in all others (naive Bayes), and how much of
a label's name stands in the row. Both are one more list for the fusions of bench/studies/fusion.py, and measured like them.

    python3 bench/studies/label-words.py OUT CUTS DIR/eurlex57k
"""

import pathlib
import re
import sys

import numpy as np
from scipy import sparse
from sklearn.datasets import load_svmlight_file

import fusion as f

DATA = pathlib.Path(sys.argv[3])
WORDS = (DATA / "features.txt").read_text().split("\n")[:-1]


def counts(name):
    return load_svmlight_file(str(DATA / f"{name}.svm.gz"), n_features=len(WORDS), multilabel=True, zero_based=True)[0].tocsr()


def weigh(x, idf):
    """Sublinear TF-IDF, each row of Euclidean norm 1."""
    x = x.astype("float32")
    x.data = 1 + np.log(x.data)
    x = x @ sparse.diags(idf).tocsr().astype("float32")
    norms = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    return sparse.diags(1 / np.maximum(norms, 1e-12)).astype("float32") @ x


def of_pairs(x, by_label):
    """x_r . w_l of every listed pair, row by row."""
    found = np.empty(len(f.ROW), "float32")
    for row in range(f.PAIRS.shape[0]):
        at = slice(f.PAIRS.indptr[row], f.PAIRS.indptr[row + 1])
        found[at] = (by_label[f.LABEL[at]] @ x[row].T).toarray().ravel()
    return found


TRAIN, DEV = counts("train"), counts("dev")
ROWS_WITH = np.bincount(TRAIN.indices, minlength=len(WORDS))
IDF = 1 + np.log((1 + TRAIN.shape[0]) / (1 + ROWS_WITH))
X, OTHERS = weigh(TRAIN, IDF), weigh(DEV, IDF)


def ratios():
    """ln of a word's share of the weight of a label's rows, less that of its share in all rows, both with a prior of one mean row in a hundred; [L, D], where the label's rows have the word."""
    mass = (f.TRAIN.T @ X).tocsr()
    everywhere = np.asarray(X.sum(0)).ravel()
    everywhere = everywhere / everywhere.sum()
    of_label = np.asarray(mass.sum(1)).ravel()
    prior = 0.01 * X.sum() / X.shape[0]
    label = np.repeat(np.arange(mass.shape[0]), np.diff(mass.indptr))
    expected = everywhere[mass.indices]
    share = (mass.data + prior * expected) / (of_label[label] + prior)
    mass.data = np.log(np.maximum(share / np.maximum(expected, 1e-12), 1e-6)).astype("float32")
    return mass


def names():
    """The words of the labels' names, each by its share of the squared IDF of all words of the name."""
    word = {w: i for i, w in enumerate(WORDS)}
    rows = []
    for name in (DATA / "labels.txt").read_text().split("\n")[:-1]:
        inside = sorted({word[w] for w in re.findall(r"[^\W\d_]{2,}", name.lower()) if w in word})
        rows.append({i: IDF[i] ** 2 for i in inside})
    starts = np.cumsum([0] + [len(r) for r in rows])
    values = np.concatenate([np.array(list(r.values())) / max(1e-12, sum(r.values())) for r in rows])
    return sparse.csr_matrix((values.astype("float32"), [i for r in rows for i in r], starts), (len(rows), len(WORDS)))


def main():
    specific = of_pairs(OTHERS, ratios())
    present = DEV.copy().astype("float32")
    present.data[:] = 1
    named = of_pairs(present, names())
    specific, named = (values / values.std() for values in (specific, named))
    base = f.of("network 1", "linear", "pairs: linear")
    print("| fusion | micro-F1 | P@1 | P@5 |\n|---|---|---|---|")
    for name, lists in (
        ("the default", []),
        ("with label-specific words (naive Bayes)", [specific]),
        ("with the words of labels' names", [named]),
        ("with both", [specific, named]),
    ):
        margins = np.column_stack([base, *lists])
        stack = f.logistic(f.logistic_features(margins))
        f.say(f"logistic: {name}", stack)
        f.say(f"trees of depth 4 on it: {name}", f.boosted(stack, margins, 4, margins.shape[1]))


if __name__ == "__main__":
    main()
