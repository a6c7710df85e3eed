"""Reads a multi-label svmlight file with scikit-learn. Arguments: file."""

import sys

import numpy
from sklearn.datasets import load_svmlight_file

import peer


def work():
    x, _ = load_svmlight_file(sys.argv[1], multilabel=True, zero_based=True, dtype=numpy.float32)
    return x.nnz


peer.serve(work)
