"""Reads a data folder: train, perhaps dev, and test as svmlight files, or as JSON lines of texts where there are none."""

import dataclasses
import gzip
import json
import os

import numpy
import scipy.sparse

PARTS = ["train", "dev", "test"]


@dataclasses.dataclass
class Rows:
    """x: feature rows [N, D] or a list of N texts. y: label sets [N, L], a sparse matrix of ones."""

    x: object
    y: scipy.sparse.csr_matrix


def sparse(rows, columns=None):
    """A matrix of rows that are (indices, values)."""
    start = numpy.cumsum([0] + [len(indices) for indices, _ in rows])
    indices = numpy.concatenate([numpy.asarray(indices, numpy.int32) for indices, _ in rows])
    values = numpy.concatenate([numpy.asarray(values, numpy.float32) for _, values in rows])
    columns = int(indices.max(initial=-1)) + 1 if columns is None else columns
    return scipy.sparse.csr_matrix((values, indices, start), shape=(len(rows), columns))


def label_sets(sets, labels):
    return sparse([(sorted(set(ids)), numpy.ones(len(set(ids)))) for ids in sets], labels)


def svmlight(lines, labels):
    """Lines "l1,l2 f1:v1 f2:v2", ids from 0; one that begins with a space has no labels."""
    sets, features = [], []
    for line in lines:
        head, *pairs = line.rstrip("\n").split(" ")
        sets.append([int(label) for label in head.split(",") if label])
        pairs = [pair.split(":") for pair in pairs if pair]
        features.append(([int(index) for index, _ in pairs], [float(value) for _, value in pairs]))
    return Rows(sparse(features), label_sets(sets, len(labels)))


def texts(lines, labels):
    """Lines {"text": ..., "labels": [names]}."""
    ids = {name: id for id, name in enumerate(labels)}
    found = [json.loads(line) for line in lines]
    return Rows([row["text"] for row in found], label_sets([[ids[name] for name in row["labels"]] for row in found], len(labels)))


def file_of(folder, part):
    """The file of a part and what reads its lines; None where there is no such part."""
    for ending, reader in [("svm.gz", svmlight), ("jsonl.gz", texts)]:
        path = os.path.join(folder, f"{part}.{ending}")
        if os.path.exists(path):
            return path, reader
    return None


def files(folder):
    return [found[0] for part in PARTS if (found := file_of(folder, part))]


def read(folder):
    """The parts that there are, by name."""
    with open(os.path.join(folder, "labels.txt"), encoding="utf-8") as file:
        labels = file.read().splitlines()
    parts = {}
    for part in PARTS:
        if found := file_of(folder, part):
            path, reader = found
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                parts[part] = reader(lines, labels)
    return parts
