"""One-vs-rest SVM with a Gaussian kernel on standardised rows."""

from sklearn.svm import SVC

import linear

GRID = [(c, gamma) for c in [1, 10] for gamma in [0.3, 1, 3]]


def rbf(settings, x, y, queries):
    """settings: C and gamma, the latter in units of 1 / D."""
    return [linear.one_vs_rest(lambda: SVC(C=c, gamma=gamma / x.shape[1]), x, y, queries) for c, gamma in settings]
