"""One-vs-rest RBF-SVMs of scikit-learn (standardised features, C = 1, gamma "scale") with the F1-optimal threshold of each label on the decision values of five
folds of the training rows, for data sets as svmlight files: LIMEN_DATA=DIR python3 bench/studies/rbf-svm.py SEEDS NAME NAME ...
NAME may end in ":whole", the features times 100, rounded. Prints macro-F1 A and micro-F1 of the test rows."""

import os
import sys
import warnings

import numpy
from sklearn.datasets import load_svmlight_files
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler
from sklearn.svm import SVC

warnings.filterwarnings("ignore")


def read(name):
    base, _, form = name.partition(":")
    files = [f"{os.environ['LIMEN_DATA']}/{base}/{part}.svm.gz" for part in ("train", "test")]
    x, y, x_test, y_test = load_svmlight_files(files, multilabel=True, zero_based=True)
    sets = MultiLabelBinarizer().fit(list(y) + list(y_test))
    x, x_test = x.toarray(), x_test.toarray()
    if form == "whole":
        x, x_test = numpy.round(100 * x), numpy.round(100 * x_test)
    return x, sets.transform(y), x_test, sets.transform(y_test)


def threshold(scores, truth):
    order = numpy.argsort(-scores)
    hits = numpy.cumsum(truth[order])
    f1 = 2 * hits / (numpy.arange(1, len(hits) + 1) + truth.sum())
    return scores[order[f1.argmax()]] if hits[-1] else numpy.inf


def measure(name, seed):
    x, y, x_test, y_test = read(name)
    known = numpy.flatnonzero(y.sum(0) > 1)
    model = make_pipeline(StandardScaler(), OneVsRestClassifier(SVC(C=1.0, gamma="scale")))
    folds = KFold(5, shuffle=True, random_state=seed)
    held_out = cross_val_predict(model, x, y[:, known], cv=folds, method="decision_function")
    cuts = [threshold(held_out[:, k], y[:, label]) for k, label in enumerate(known)]
    predicted = numpy.zeros_like(y_test)
    predicted[:, known] = model.fit(x, y[:, known]).decision_function(x_test) >= cuts
    return [f1_score(y_test, predicted, average=average, zero_division=0) for average in ("macro", "micro")]


print("| data | macro-F1 A | micro-F1 |\n|---|---|---|", flush=True)
for name in sys.argv[2:]:
    macro, micro = numpy.mean([measure(name, seed) for seed in range(1, int(sys.argv[1]) + 1)], axis=0)
    print(f"| {name} | {macro:.3f} | {micro:.3f} |", flush=True)
