"""The F1-optimal threshold of every label by sorting its scores. Arguments: folder, then "lists" (columns of the sparse score lists)
or "dense" (columns of the dense score matrix, unlisted pairs -inf and never predicted)."""

import sys

import numpy

import peer


def dense(lists):
    matrix = numpy.full(lists.shape, -numpy.inf, numpy.float32)
    matrix[lists.nonzero()] = lists.data
    return matrix


folder, kind = sys.argv[1], sys.argv[2]
scores = peer.csr(f"{folder}/eurlex.train.local.csr")
truth = peer.csr(f"{folder}/eurlex.train.labels.csr")
matrix = dense(scores) if kind == "dense" else None
positives = truth.getnnz(axis=0)


def best_cut(values, hits, count):
    """The threshold and the F1 of the best cut of one label's scores; equal scores fall on the same side."""
    order = numpy.argsort(-values, kind="stable")
    values, found = values[order], numpy.cumsum(hits[order])
    last = numpy.append(values[1:] < values[:-1], True) & numpy.isfinite(values)
    f1 = numpy.where(last, 2 * found / (numpy.arange(1, len(values) + 1) + count), 0)
    best = f1.argmax()
    below = values[best + 1] if best + 1 < len(values) else numpy.nextafter(values[best], -numpy.inf)
    return (values[best] + below) / 2, f1[best]


def of_lists():
    by_label, positive = scores.tocsc(), truth.tocsc()
    for label in range(scores.shape[1]):
        listed = slice(by_label.indptr[label], by_label.indptr[label + 1])
        rows = positive.indices[positive.indptr[label] : positive.indptr[label + 1]]
        yield by_label.data[listed], numpy.isin(by_label.indices[listed], rows)


def of_matrix():
    positive = truth.tocsc()
    for label in range(scores.shape[1]):
        hits = numpy.zeros(scores.shape[0], bool)
        hits[positive.indices[positive.indptr[label] : positive.indptr[label + 1]]] = True
        yield matrix[:, label], hits


def work():
    thresholds, sum_of_f1 = numpy.full(scores.shape[1], numpy.inf, numpy.float32), 0.0
    for label, (values, hits) in enumerate(of_lists() if kind == "lists" else of_matrix()):
        if hits.any():
            thresholds[label], f1 = best_cut(values, hits, positives[label])
            sum_of_f1 += f1
    return sum_of_f1 / scores.shape[1]


peer.serve(work)
