"""Reads the features of EURLEX57K back from scipy's own binary file, uncompressed. Arguments: folder."""

import sys

import scipy.sparse

import peer

path = f"{sys.argv[1]}/eurlex.npz"
scipy.sparse.save_npz(path, peer.csr(f"{sys.argv[1]}/eurlex.train.features.csr"), compressed=False)
peer.serve(lambda: scipy.sparse.load_npz(path).nnz)
