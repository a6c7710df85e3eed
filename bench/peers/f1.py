"""scikit-learn's macro-F1 of label sets in sparse indicator matrices. Arguments: folder."""

import sys

from sklearn.metrics import f1_score

import peer

truth = peer.csr(f"{sys.argv[1]}/eurlex.train.labels.csr").astype(int)
predicted = peer.csr(f"{sys.argv[1]}/eurlex.train.predicted.csr").astype(int)
peer.serve(lambda: f1_score(truth, predicted, average="macro", zero_division=0))
