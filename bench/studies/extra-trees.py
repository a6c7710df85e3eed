"""scikit-learn's extremely randomised trees, one forest for each label, each label's threshold the one with the best F1 among the out-of-fold probabilities of five folds.
macro-F1, micro-F1 and P@1 on the test rows, mean of the seeds, and processor seconds of a seed. Arguments: FOLDER SEEDS NAME ..."""

import gzip
import sys
import time

import numpy
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold


def read(file, features, labels):
    x, y = [], []
    with gzip.open(file, "rt") as lines:
        for line in lines:
            fields = line.split()
            if not fields:
                continue
            own = [] if ":" in fields[0] else [int(l) for l in fields.pop(0).split(",")]
            row, truth = numpy.zeros(features, numpy.float32), numpy.zeros(labels, int)
            truth[own] = 1
            for field in fields:
                if field == "#":
                    break
                column, value = field.split(":")
                row[int(column)] = float(value)
            x.append(row)
            y.append(truth)
    return numpy.array(x), numpy.array(y)


def probabilities(x, y, others, seed):
    p = numpy.zeros((len(others), y.shape[1]))
    for label in range(y.shape[1]):
        if y[:, label].min() == y[:, label].max():
            p[:, label] = y[0, label]
        else:
            p[:, label] = ExtraTreesClassifier(100, random_state=seed).fit(x, y[:, label]).predict_proba(others)[:, 1]
    return p


def threshold(p, y):
    order = numpy.argsort(-p)
    hits = numpy.cumsum(y[order])
    f1 = 2 * hits / (numpy.arange(1, len(y) + 1) + max(1, y.sum()))
    return p[order][numpy.argmax(f1)]


folder, seeds, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
print("| data | macro-F1 | micro-F1 | P@1 | seconds |\n|---|---|---|---|---|")
for name in names:
    count = lambda what: sum(1 for line in open(f"{folder}/{name}/{what}.txt") if line.strip())
    features, labels = count("features"), count("labels")
    x, y = read(f"{folder}/{name}/train.svm.gz", features, labels)
    test, truth = read(f"{folder}/{name}/test.svm.gz", features, labels)
    runs = []
    for seed in range(1, seeds + 1):
        begin = time.process_time()
        held = numpy.zeros(y.shape)
        for outside, inside in KFold(5, shuffle=True, random_state=seed).split(x):
            held[inside] = probabilities(x[outside], y[outside], x[inside], seed)
        p = probabilities(x, y, test, seed)
        sets = p >= numpy.array([threshold(held[:, l], y[:, l]) for l in range(labels)])
        first = truth[numpy.arange(len(p)), p.argmax(1)].mean()
        spent = time.process_time() - begin
        runs.append((f1_score(truth, sets, average="macro", zero_division=0), f1_score(truth, sets, average="micro"), first, spent))
    macro, micro, first, spent = numpy.mean(runs, axis=0)
    print(f"| {name} | {macro:.4f} | {micro:.4f} | {first:.4f} | {spent:.0f} |", flush=True)
