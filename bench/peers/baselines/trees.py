"""Extremely randomised trees over all labels at once: the mean probability of 200 trees, grown twenty at a time, so that never more
are held."""

import numpy
import scipy.sparse
from sklearn.ensemble import ExtraTreesClassifier

from pace import Pace

FORESTS, TREES = 10, 20


def positive(forest, queries):
    """Probabilities [queries, L]; a label that all rows have or none has a single class."""
    found = forest.predict_proba(queries)
    classes = forest.classes_
    if not isinstance(found, list):
        found, classes = [found], [classes]
    return numpy.stack([p[:, 1] if len(c) == 2 else numpy.full(len(p), float(c[0])) for p, c in zip(found, classes)], axis=1)


def extra(settings, x, y, queries):
    if scipy.sparse.issparse(x):
        x, queries = x.toarray(), queries.toarray()
    truth = y.toarray().astype(numpy.int8)
    total, pace = 0, Pace(FORESTS)
    for seed in range(FORESTS):
        pace.check(seed)
        total += positive(ExtraTreesClassifier(TREES, n_jobs=2, random_state=seed).fit(x, truth), queries)
    return [(total / FORESTS).astype(numpy.float32) for _ in settings]
