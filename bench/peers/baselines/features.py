"""From rows to what the baselines learn from, fitted on the rows that they learn from and without labels."""

import numpy
import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.preprocessing import StandardScaler

DENSE = 0.5


def widened(x, columns):
    """The same rows with so many columns."""
    return scipy.sparse.csr_matrix((x.data, x.indices, x.indptr), shape=(x.shape[0], columns))


def is_dense(x):
    return x.nnz > DENSE * x.shape[0] * x.shape[1]


def is_counts(x):
    return bool((x.data >= 0).all() and (x.data == numpy.round(x.data)).all())


def of(learned, others):
    """Features of the rows that are learned from and of others (lists of texts, or sparse matrices): TF-IDF of words with sublinear
    tf for texts, standardised values where most are stored, sublinear TF-IDF for sparse whole numbers, else the values themselves."""
    if isinstance(learned, list):
        transform = TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=numpy.float32).fit(learned).transform
        return transform(learned), [transform(x) for x in others]
    columns = max(x.shape[1] for x in [learned, *others])
    learned, others = widened(learned, columns), [widened(x, columns) for x in others]
    if is_dense(learned):
        learned, others = learned.toarray(), [x.toarray() for x in others]
        transform = StandardScaler().fit(learned).transform
    elif is_counts(learned):
        transform = TfidfTransformer(sublinear_tf=True).fit(learned).transform
    else:
        return learned, others
    return transform(learned), [transform(x) for x in others]
