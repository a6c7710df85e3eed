"""The adaptive loss, forward and backward, composed of torch operators over dense labels and a dense KNN signal.
Arguments: folder, rows of the batch."""

import sys

import torch

import adaptive
import peer

folder, rows = sys.argv[1], int(sys.argv[2])
_, labels, local = adaptive.read(folder, "amazoncat")
y, knn = adaptive.dense(labels[:rows]), adaptive.dense(local[:rows])
threshold = adaptive.Threshold(labels)
z = torch.from_numpy(peer.numpy.fromfile(f"{folder}/logits.f32", peer.numpy.float32).reshape(y.shape)).requires_grad_()


def work():
    z.grad = None
    threshold.zero_grad(set_to_none=True)
    value = adaptive.loss(z - threshold(knn), y)
    value.backward()
    return value.item() * y.shape[1]


peer.serve(work)
