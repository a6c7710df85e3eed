"""What labels' names are worth beside the score lists of bench/studies/score-lists.fsx, in macro-F1 too: how much of a name, by IDF and without endings, stands in a text and in its first 30 words, as two
lists more for trees of depth 4. Halves of the rows decide each other, as in bench/studies/fusion.py.

    python3 bench/studies/label-names.py OUT CUTS DIR/eurlex57k
"""

import gzip
import json
import pathlib
import re
import sys

import fusion as f
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer

DATA = pathlib.Path(sys.argv[3])
MICRO_WEIGHT = 0.25


def texts(part):
    with gzip.open(DATA / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def stem(word):
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word


def stems(text):
    return [stem(word) for word in re.findall(r"[a-z]{2,}", text.lower())]


def covered(train, held, names):
    """Of every listed pair the share of the name's IDF whose words stand in the text; a word that no training text has counts as the rarest."""
    of_train = TfidfVectorizer(analyzer=stems, binary=True, norm=None).fit(train)
    idf, most = of_train.idf_, of_train.idf_.max()
    whole = [sum(idf[of_train.vocabulary_[w]] if w in of_train.vocabulary_ else most for w in set(stems(n))) for n in names]
    present = of_train.transform(held)
    present.data[:] = 1
    shared = (present @ of_train.transform(names).T).tocsr()
    return np.asarray(shared[f.ROW, f.LABEL]).ravel() / np.maximum(whole, 1e-9)[f.LABEL]


def trees(margins, lists):
    def fit(rows):
        z = f.logistic(f.logistic_features(np.column_stack([margins, *lists])))(rows)
        x = np.column_stack([z, margins, f.VOTES, f.RARITY[f.LABEL], *lists])
        signs = [1] * (1 + margins.shape[1]) + [0] * (2 + len(lists))
        model = HistGradientBoostingClassifier(
            max_depth=4, learning_rate=0.1, max_iter=150, min_samples_leaf=200, monotonic_cst=signs, early_stopping=False, random_state=1
        )
        return model.fit(x[rows], f.HIT[rows]).decision_function(x)

    return fit


def f1(said, rows):
    """Macro-F1 A and micro-F1 of chosen rows."""
    here = said & rows[f.ROW]
    hits = np.bincount(f.LABEL[here & f.HIT], minlength=f.LABELS)
    either = np.bincount(f.LABEL[here], minlength=f.LABELS) + np.asarray(f.TRUTH[rows].sum(0)).ravel()
    return np.mean(2 * hits / np.maximum(either, 1)), 2 * hits.sum() / either.sum()


def shared_thresholds(z, rows):
    """What a IDF + c says, with the best a and c for the default objective on chosen rows."""
    said = [z > a * f.RARITY[f.LABEL] + c for a in np.arange(-4, 1.1, 0.5) for c in np.arange(-2.5, 3.1, 0.25)]
    return max(said, key=lambda s: np.dot(f1(s, rows), (1, MICRO_WEIGHT)))


def say(name, fuse):
    found = []
    for cut in range(f.CUTS):
        half = np.random.default_rng(cut).permutation(f.PAIRS.shape[0]) % 2 == 0
        for teaches in (half, ~half):
            inside = teaches[f.ROW]
            z = fuse(inside)
            micro = f1(z >= f.micro_cut(z[inside], f.HIT[inside], f.TRUTH[teaches].nnz), ~teaches)[1]
            at = [f.precision_at(z, k, ~teaches) for k in (1, 5)]
            found.append([micro, *at, *f1(shared_thresholds(z, teaches), ~teaches)])
    print(f"| {name} | {' | '.join(f'{v:.4f}' for v in np.mean(found, 0))} |", flush=True)


def main():
    train, held = texts("train"), texts("dev")
    names = [line.split(" ", 1)[1] for line in (DATA / "labels.txt").read_text().split("\n")[:-1]]
    beginning = [[" ".join(text.split()[:30]) for text in part] for part in (train, held)]
    lists = [covered(*beginning, names), covered(train, held, names)]
    margins = f.of("network 1", "linear", "pairs: linear", "beginning: linear")
    print("| trees of depth 4 | micro-F1 | P@1 | P@5 | macro-F1 A, default objective | micro-F1, default objective |\n|---|---|---|---|---|---|")
    say("without names", trees(margins, []))
    say("with names", trees(margins, lists))


if __name__ == "__main__":
    main()
