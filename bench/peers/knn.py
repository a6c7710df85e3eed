"""The 31 nearest training rows (a row itself is one of them) by cosine with scikit-learn's brute force. Arguments: folder, queries."""

import sys

from sklearn.neighbors import NearestNeighbors

import peer

x = peer.csr(f"{sys.argv[1]}/eurlex.train.features.csr")
queries = x[: int(sys.argv[2])]


def work():
    search = NearestNeighbors(n_neighbors=31, algorithm="brute", metric="cosine", n_jobs=2).fit(x)
    distances, _ = search.kneighbors(queries)
    return 1 - distances.mean()


peer.serve(work, warm=queries.shape[0] < 5000)
