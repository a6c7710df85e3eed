"""Macro-F1 over all labels with 0/0 = 0, micro-F1 and P@1."""

import numpy


def f1(predicted, truth):
    """Macro-F1 and micro-F1 of label sets [N, L]."""
    both = numpy.asarray(predicted.astype(bool).multiply(truth.astype(bool)).sum(axis=0)).ravel()
    sizes = predicted.getnnz(axis=0) + truth.getnnz(axis=0)
    macro = numpy.divide(2 * both, sizes, out=numpy.zeros(len(sizes)), where=sizes > 0).mean()
    return float(macro), float(2 * both.sum() / max(1, sizes.sum()))


def top(scores):
    """The label with the highest score of each row, the first of equals."""
    return numpy.asarray(scores.argmax(axis=1)).ravel()


def precision_at_1(best, truth):
    return float(numpy.mean([label in truth.indices[truth.indptr[row] : truth.indptr[row + 1]] for row, label in enumerate(best)]))
