"""Kernel features in front of linear SVMs beside the RBF-SVM itself, out of fold on the training rows of data sets as svmlight files:
LIMEN_DATA=DIR python3 bench/studies/kernel-features.py NAME NAME ... Prints macro average precision of three folds; labels of fewer than five rows are left out."""

import os
import sys
import warnings

import numpy
from sklearn.datasets import load_svmlight_file
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.metrics import average_precision_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler
from sklearn.svm import SVC, LinearSVC

warnings.filterwarnings("ignore")


def models(rows, features):
    """Names and models; sharpness 1 is a kernel of 1/e at the median squared distance, 2 D for standardised features."""
    yield "linear, C 1", [LinearSVC(C=1 / features)]
    yield "RBF-SVM, C 1", [SVC(C=1.0)]
    for sharpness in (1, 2):
        gamma = sharpness / (2 * features)
        for c in (0.3, 1):
            for units in (500, 2000):
                yield f"{units} Fourier features, sharpness {sharpness}, C {c}", [RBFSampler(gamma=gamma, n_components=units, random_state=1), LinearSVC(C=c)]
            landmarks = min(500, rows * 4 // 5)
            yield f"Nystrom, sharpness {sharpness}, C {c}", [Nystroem(gamma=gamma, n_components=landmarks, random_state=1), LinearSVC(C=c)]


for name in sys.argv[1:]:
    x, y = load_svmlight_file(f"{os.environ['LIMEN_DATA']}/{name}/train.svm.gz", multilabel=True, zero_based=True)
    x, y = x.toarray(), MultiLabelBinarizer().fit_transform(y)
    y = y[:, y.sum(0) > 4]
    for words, (*before, scorer) in models(*x.shape):
        model = make_pipeline(StandardScaler(), *before, OneVsRestClassifier(scorer))
        scores = cross_val_predict(model, x, y, cv=KFold(3, shuffle=True, random_state=1), method="decision_function")
        print(f"{name}: {words}: {average_precision_score(y, scores, average='macro'):.3f}", flush=True)
