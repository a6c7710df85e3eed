"""The 50 best labels of rows by an untrained model of the method's shape. Arguments: folder, rows of a batch, hidden units."""

import sys

import torch

import adaptive
import peer

ROWS = 1024
folder, size, hidden = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(1)
x, y, _ = adaptive.read(folder, "amazoncat")
x = x[:ROWS]
model = adaptive.Adaptive(x.shape[1], hidden, y).eval()


def work():
    found = 0
    with torch.no_grad():
        offset = model.threshold(0.0)
        for start in range(0, x.shape[0], size):
            margins = model.logits(*adaptive.bag(x[start : start + size])) - offset
            found += margins.topk(50).indices.shape[0]
    return found


peer.serve(work, units=ROWS)
