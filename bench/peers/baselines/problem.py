"""What every baseline is given, and the held-out scores that its choices and thresholds are made by. Test rows are only scored."""

import dataclasses

import numpy
import scipy.sparse
from sklearn.model_selection import KFold

import features
import pace

FOLDS = 5
ENOUGH = 1000


def vstack(parts):
    return scipy.sparse.vstack(parts, "csr") if scipy.sparse.issparse(parts[0]) else numpy.vstack(parts)


@dataclasses.dataclass
class Problem:
    """x, y: the rows that are learned from. dev: rows that decide and are not learned from, or None: out-of-fold scores of x decide."""

    x: object
    y: scipy.sparse.csr_matrix
    dev: object
    dev_y: scipy.sparse.csr_matrix
    test: object
    test_y: scipy.sparse.csr_matrix

    @property
    def dense(self):
        return not scipy.sparse.issparse(self.x)


def of(parts):
    """Parts of rows as a problem: a thousand dev rows or more decide, fewer are learned from as the training rows are."""
    train, dev, test = parts["train"], parts.get("dev"), parts["test"]
    if dev is None:
        x, (test_x,) = features.of(train.x, [test.x])
        return Problem(x, train.y, None, None, test_x, test.y)
    if dev.y.shape[0] >= ENOUGH:
        x, (dev_x, test_x) = features.of(train.x, [dev.x, test.x])
        return Problem(x, train.y, dev_x, dev.y, test_x, test.y)
    if isinstance(train.x, list):
        together = train.x + dev.x
    else:
        columns = max(train.x.shape[1], dev.x.shape[1])
        together = vstack([features.widened(train.x, columns), features.widened(dev.x, columns)])
    x, (test_x,) = features.of(together, [test.x])
    return Problem(x, vstack([train.y, dev.y]), None, None, test_x, test.y)


def scores(score, settings, problem):
    """score(settings, x, y, queries) learns from x, y and gives a matrix of scores [queries, L] for each setting. Gives the held-out
    scores of each setting, their truth, and what gives the test scores of the setting at an index."""
    if problem.dev is not None:
        rows = problem.dev_y.shape[0]
        both = score(settings, problem.x, problem.y, vstack([problem.dev, problem.test]))
        return [s[:rows] for s in both], problem.dev_y, lambda chosen: both[chosen][rows:]
    held, order = [], []
    pace.ahead = FOLDS + 1
    for inside, outside in KFold(FOLDS, shuffle=True, random_state=1).split(numpy.empty(problem.y.shape[0])):
        held.append(score(settings, problem.x[inside], problem.y[inside], problem.x[outside]))
        pace.ahead -= 1
        order.append(outside)
    together = [vstack(parts) for parts in zip(*held)]
    return (
        together,
        problem.y[numpy.concatenate(order)],
        lambda chosen: score([settings[chosen]], problem.x, problem.y, problem.test)[0],
    )
