"""The method in idiomatic PyTorch: EmbeddingBag over sparse rows, a hidden layer, learned thresholds, the loss composed."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, relu

import peer


class Adaptive(torch.nn.Module):
    """Margins z - theta [B, L] with theta = lambda alpha IDF + (1 - lambda) beta KNN + b."""

    def __init__(self, features, hidden, sets, dropout=0.0, sparse=False):
        super().__init__()
        labels = sets.shape[1]
        self.first = torch.nn.EmbeddingBag(features, hidden, mode="sum", sparse=sparse)
        self.bias = torch.nn.Parameter(torch.zeros(hidden))
        self.dropout = torch.nn.Dropout(dropout)
        self.output = torch.nn.Linear(hidden, labels, bias=False)
        torch.nn.init.normal_(self.first.weight, std=hidden**-0.5)
        torch.nn.init.normal_(self.output.weight, std=0.02)
        self.threshold = Threshold(sets)

    def logits(self, ids, offsets, weights):
        return self.output(self.dropout(relu(self.first(ids, offsets, per_sample_weights=weights) + self.bias)))

    def forward(self, ids, offsets, weights, knn):
        return self.logits(ids, offsets, weights) - self.threshold(knn)


class Threshold(torch.nn.Module):
    """Starts at each label's log-odds in the label sets of the training rows."""

    def __init__(self, sets):
        super().__init__()
        rows, labels = sets.shape
        support = torch.from_numpy(sets.getnnz(axis=0)).float()
        self.register_buffer("idf", idf(rows, support))
        self.log_odds = torch.nn.Parameter(torch.zeros(1))
        self.alpha = torch.nn.Parameter(torch.zeros(1))
        self.beta = torch.nn.Parameter(torch.full((labels,), -8.0))
        self.b = torch.nn.Parameter(torch.log((rows - support + 0.5) / (support + 0.5)))

    def forward(self, knn):
        share = torch.sigmoid(self.log_odds)
        return share * self.alpha * self.idf + (1 - share) * self.beta * knn + self.b


def loss(margins, y):
    """BCE + 0.1 max(0, 0.1 - |m|), a mean over pairs."""
    return binary_cross_entropy_with_logits(margins, y) + 0.1 * relu(0.1 - margins.abs()).mean()


def bag(rows):
    """Rows of a scipy matrix as EmbeddingBag wants them: ids, offsets, weights."""
    return (
        torch.from_numpy(rows.indices.astype("int64")),
        torch.from_numpy(rows.indptr[:-1].astype("int64")),
        torch.from_numpy(rows.data),
    )


def dense(rows):
    return torch.from_numpy(rows.toarray())


def idf(rows, support):
    """ln((N + 1) / (n_l + 1)), scaled to at most 1."""
    values = torch.log((rows + 1) / (support + 1))
    return values / values.max()


def read(folder, name):
    return [peer.csr(f"{folder}/{name}.{part}.csr") for part in ("features", "labels", "local")]
