"""A whole training of the method in PyTorch on EURLEX57K, the KNN signal given. Arguments: folder, hidden units, epochs.
Reports (seconds, P@5 on the test rows) after each epoch; the seconds leave the measuring out."""

import sys
import time

import numpy
import torch

import adaptive
import peer

BATCH, RATE = 256, 2e-3
folder, hidden, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
x, y, local = adaptive.read(folder, "eurlex.train")
test = adaptive.read(folder, "eurlex.test")


def precision_at_5(model):
    model.eval()
    hits = 0
    with torch.no_grad():
        for start in range(0, test[0].shape[0], 512):
            rows, truth, knn = (part[start : start + 512] for part in test)
            top = model(*adaptive.bag(rows), adaptive.dense(knn)).topk(5).indices
            hits += adaptive.dense(truth).gather(1, top).sum().item()
    model.train()
    return hits / (5 * test[0].shape[0])


def work():
    start, measuring, trajectory = time.perf_counter(), 0.0, []
    torch.manual_seed(1)
    model = adaptive.Adaptive(x.shape[1], hidden, y, dropout=0.4)
    own = [model.threshold.log_odds, model.threshold.alpha, model.threshold.beta]
    rest = [p for p in model.parameters() if all(p is not o for o in own)]
    optimiser = torch.optim.Adam([{"params": rest, "lr": RATE}, {"params": own, "lr": 5 * RATE}])
    steps = epochs * ((x.shape[0] + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    random = numpy.random.default_rng(1)
    for _ in range(epochs):
        order = random.permutation(x.shape[0])
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            optimiser.zero_grad(set_to_none=True)
            margins = model(*adaptive.bag(x[rows]), adaptive.dense(local[rows]))
            (adaptive.loss(margins, adaptive.dense(y[rows])) * y.shape[1]).backward()
            optimiser.step()
            schedule.step()
        trained = time.perf_counter()
        trajectory.append((trained - start - measuring, precision_at_5(model)))
        measuring += time.perf_counter() - trained
    return trajectory[-1][1], trajectory


peer.serve(work, warm=False)
