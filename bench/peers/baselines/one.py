"""One baseline on one data set. Arguments: data folder, name of the baseline, file for the result.

The result holds the seconds from features to label sets, the measures on the test rows, and what is predicted of each of them: the
label with the highest score, and its label set by each kind of threshold."""

import json
import sys
import time
import warnings

import kernel
import linear
import measures
import neighbours
import pace
import problem
import rows
import scut
import trees

SINGLE = [None]
MOST_FEATURES_OF_TREES = 2000

BASELINES = {
    "linear SVM": (linear.svm, SINGLE, lambda p: True),
    "logistic regression": (linear.logistic, SINGLE, lambda p: True),
    "k-NN": (neighbours.knn, neighbours.K, lambda p: True),
    "RBF-SVM": (kernel.rbf, kernel.GRID, lambda p: p.dense),
    "extra trees": (trees.extra, SINGLE, lambda p: p.x.shape[1] <= MOST_FEATURES_OF_TREES),
}


def held_out_macro_f1(scores, truth):
    return measures.f1(scut.decide(scut.fit(0.0, scores, truth), scores), truth)[0]


def fit(name, given):
    """The setting with the best held-out macro-F1, its scores of the test rows, and their label sets by each kind of threshold."""
    score, settings, _ = BASELINES[name]
    held, truth, of_test = problem.scores(score, settings, given)
    chosen = 0 if len(settings) == 1 else max(range(len(settings)), key=lambda i: held_out_macro_f1(held[i], truth))
    scores = of_test(chosen)
    sets = {cut: scut.decide(scut.fit(trusted, held[chosen], truth), scores) for cut, trusted in scut.CUTS.items()}
    return settings[chosen], scores, sets


def decided(predicted, truth):
    macro, micro = measures.f1(predicted, truth)
    sets = [sorted(map(int, predicted.indices[a:b])) for a, b in zip(predicted.indptr, predicted.indptr[1:])]
    return {"macro_f1_a": macro, "micro_f1": micro, "sets": sets}


def result(name, given):
    start = time.perf_counter()
    chosen, scores, sets = fit(name, given)
    seconds = time.perf_counter() - start
    best = measures.top(scores)
    return {
        "seconds": round(seconds, 1),
        "setting": chosen,
        "p_at_1": measures.precision_at_1(best, given.test_y),
        "top": [int(label) for label in best],
        "decisions": {cut: decided(predicted, given.test_y) for cut, predicted in sets.items()},
    }


if __name__ == "__main__":
    folder, name, output = sys.argv[1:]
    warnings.simplefilter("ignore")
    given = problem.of(rows.read(folder))
    try:
        answer = result(name, given) if BASELINES[name][2](given) else {"not_run": "asks for dense or few features"}
    except pace.Hopeless as estimate:
        answer = {"not_run": str(estimate)}
    with open(output, "w", encoding="utf-8") as file:
        json.dump(answer, file)
