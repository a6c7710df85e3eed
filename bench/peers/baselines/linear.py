"""One-vs-rest linear models with scikit-learn's default C = 1. Both are solved in the primal: the dual solver draws random numbers,
and does not converge on dense rows."""

import joblib
import numpy
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pace import Pace


def shared(x):
    """The same features as many threads may read them: scikit-learn asks for doubles, and puts the entries of sparse rows in order where they stand, each time anew."""
    if not scipy.sparse.issparse(x):
        return x
    own = x.astype(numpy.float64)
    own.sum_duplicates()
    return own


def one_vs_rest(make, x, y, queries):
    """Decision values [queries, L] of a classifier for each label; -inf for a label without rows, inf for one that every row has."""
    x, queries = shared(x), shared(queries)
    labels = y.shape[1]
    scores = numpy.full((queries.shape[0], labels), -numpy.inf, numpy.float32)
    by_label = y.tocsc()
    pace = Pace(labels)

    def learn(place, label):
        pace.check(place)
        rows = by_label.indices[by_label.indptr[label] : by_label.indptr[label + 1]]
        if 0 < len(rows) < y.shape[0]:
            truth = numpy.zeros(y.shape[0], numpy.int8)
            truth[rows] = 1
            scores[:, label] = make().fit(x, truth).decision_function(queries)
        elif len(rows) > 0:
            scores[:, label] = numpy.inf

    order = numpy.random.default_rng(1).permutation(labels)  # frequent labels take longest: those so far stand for all
    joblib.Parallel(n_jobs=2, require="sharedmem")(joblib.delayed(learn)(place, label) for place, label in enumerate(order))
    return scores


def svm(settings, x, y, queries):
    return [one_vs_rest(lambda: LinearSVC(dual=False), x, y, queries) for _ in settings]


def logistic(settings, x, y, queries):
    return [one_vs_rest(lambda: LogisticRegression(solver="liblinear"), x, y, queries) for _ in settings]
