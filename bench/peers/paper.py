"""Training steps along the code path of the authors of arXiv 2505.03118: dense input [B, D], logits standardised per row, thresholds
through a sigmoid, the KNN signal from the labels of the batch, pos_weight 10, AdamW. Written anew from its description, with one
hidden layer so that the shape is the other side's. Arguments: folder, rows of a batch, hidden units, dropout."""

import sys

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, relu

import adaptive
import peer

folder, size, hidden, dropout = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
torch.manual_seed(1)
x, y, _ = adaptive.read(folder, "amazoncat")
labels = y.shape[1]


class Paper(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(x.shape[1], hidden)
        self.dropout = torch.nn.Dropout(dropout)
        self.output = torch.nn.Linear(hidden, labels)
        self.share = torch.nn.Parameter(torch.tensor(0.5))
        self.alpha = torch.nn.Parameter(torch.ones(labels))
        self.beta = torch.nn.Parameter(torch.ones(labels))
        self.bias = torch.nn.Parameter(torch.full((labels,), 0.5))

    def forward(self, rows, tfidf, knn):
        z = self.output(self.dropout(relu(self.first(rows))))
        z = (z - z.mean(1, keepdim=True)) / (z.std(1, keepdim=True) + 1e-8)
        theta = torch.sigmoid(self.share * self.alpha * tfidf + (1 - self.share) * self.beta * knn + self.bias)
        return z - theta


model = Paper()
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
weight = torch.full((labels,), 10.0)
done = 0


def work():
    global done
    rows = slice(done * size % x.shape[0], done * size % x.shape[0] + size)
    done += 1
    features, truth = adaptive.dense(x[rows]), adaptive.dense(y[rows])
    tfidf = truth / truth.sum(1, keepdim=True)
    knn = (truth @ truth.T / truth.sum(1, keepdim=True)) @ truth
    optimiser.zero_grad()
    margins = model(features, tfidf, knn)
    margin = relu(0.1 - (2 * truth - 1) * margins).mean()
    value = binary_cross_entropy_with_logits(margins, truth, pos_weight=weight) + 0.1 * margin
    value.backward()
    optimiser.step()
    return value.item()


peer.serve(work)
