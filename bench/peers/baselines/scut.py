"""Thresholds for every label by its best F1 on held-out scores: SCut, and SCutFBR.1, which trusts no threshold whose F1 is below .1 and
predicts such a label only above all its held-out scores (Yang 2001, https://doi.org/10.1145/383952.383975; Lewis et al. 2004,
https://www.jmlr.org/papers/v5/lewis04a.html). A label without held-out positives is never predicted. Scores are dense [N, L], -inf
for what is never predicted, or sparse: what is not stored is never predicted."""

import numpy
import scipy.sparse

CUTS = {"SCut": 0.0, "SCutFBR.1": 0.1}


def best_cut(values, hits, positives, trusted):
    """The least score that is predicted, half-way between two scores; equal scores fall on the same side."""
    order = numpy.argsort(-values, kind="stable")
    values, found = values[order], numpy.cumsum(hits[order])
    last = numpy.append(values[1:] < values[:-1], True) & numpy.isfinite(values)
    f1 = numpy.where(last, 2 * found / (numpy.arange(1, len(values) + 1) + positives), 0)
    if f1.max(initial=0) == 0:
        return numpy.inf
    best = f1.argmax()
    if f1[best] < trusted:
        return numpy.nextafter(values[0], numpy.inf)
    below = values[best + 1] if best + 1 < len(values) else -numpy.inf
    return (values[best] + below) / 2 if numpy.isfinite(below) else values[best]


def columns(scores, truth):
    """Scores and hits of each label."""
    truth = truth.tocsc()
    listed = scores.tocsc() if scipy.sparse.issparse(scores) else None
    for label in range(truth.shape[1]):
        hits = numpy.zeros(truth.shape[0], bool)
        hits[truth.indices[truth.indptr[label] : truth.indptr[label + 1]]] = True
        if listed is None:
            yield scores[:, label], hits
        else:
            entries = slice(listed.indptr[label], listed.indptr[label + 1])
            yield listed.data[entries], hits[listed.indices[entries]]


def fit(trusted, scores, truth):
    """The thresholds [L]; trusted: the least F1 that a threshold must reach."""
    positives = truth.getnnz(axis=0)
    cuts = [best_cut(v, h, n, trusted) if n else numpy.inf for n, (v, h) in zip(positives, columns(scores, truth))]
    return numpy.array(cuts)


def decide(thresholds, scores):
    """The label sets [N, L]."""
    if not scipy.sparse.issparse(scores):
        return scipy.sparse.csr_matrix(scores >= thresholds)
    above = scores.tocsr().copy()
    above.data = above.data >= thresholds[above.indices]
    above.eliminate_zeros()
    return above
