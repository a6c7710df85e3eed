"""Training steps of the method in PyTorch: forward, loss, backward, update. Arguments: folder, rows of a batch, hidden units,
dropout, then "dense" (Adam everywhere) or "sparse" (EmbeddingBag with sparse gradients and SparseAdam, Adam for the rest)."""

import sys

import torch

import adaptive
import peer

STEPS = 3
folder, size, hidden, dropout, kind = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
torch.manual_seed(1)
x, y, local = adaptive.read(folder, "amazoncat")
model = adaptive.Adaptive(x.shape[1], hidden, y, dropout, sparse=kind == "sparse")
rest = [p for name, p in model.named_parameters() if name != "first.weight"]
if kind == "sparse":
    optimisers = [torch.optim.SparseAdam([model.first.weight], lr=1e-3), torch.optim.Adam(rest, lr=1e-3)]
else:
    optimisers = [torch.optim.Adam(model.parameters(), lr=1e-3)]
done = 0


def step():
    global done
    rows = slice(done * size % x.shape[0], done * size % x.shape[0] + size)
    done += 1
    for optimiser in optimisers:
        optimiser.zero_grad(set_to_none=True)
    value = adaptive.loss(model(*adaptive.bag(x[rows]), adaptive.dense(local[rows])), adaptive.dense(y[rows]))
    value.backward()
    for optimiser in optimisers:
        optimiser.step()
    return value.item() * y.shape[1]


def work():
    return [step() for _ in range(STEPS)][-1]


peer.serve(work, units=STEPS)
