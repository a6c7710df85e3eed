"""Reads a saved model by docs/model-format.md alone, and scores rows by its linear scorers.

python3 reader.py MODEL ROWS prints the score of every row and label as JSON. ROWS is a JSON file: a list of rows, each a list of [feature, value]. Of what a row can be before
it has features, this reads numbers as they are (Features) only.
"""
import hashlib
import json
import math
import os
import struct
import sys


def read(folder, name):
    path = os.path.join(folder, name)
    assert os.path.isfile(path), path + ": expected a file"
    with open(path, "rb") as file:
        return file.read()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def arrays(data):
    """name -> (shape, numbers)"""
    (length,) = struct.unpack_from("<q", data)
    header = json.loads(data[8 : 8 + length])
    start = 8 + length
    found = {}
    for name, entry in header.items():
        kind = {"F32": "f", "F64": "d", "I32": "i"}[entry["dtype"]]
        first, after = entry["data_offsets"]
        count = math.prod(entry["shape"])
        assert after - first == count * struct.calcsize("<" + kind), name
        found[name] = entry["shape"], struct.unpack_from("<%d%s" % (count, kind), data, start + first)
    return found


def load(folder):
    manifest = read(folder, "manifest.json")
    assert read(folder, "manifest.json.sha256").decode() == sha256(manifest) + "  manifest.json\n"
    manifest = json.loads(manifest)
    assert manifest["Format"] == 5, "another format"
    files = {name: read(folder, name) for name in ("weights.safetensors", "strings.json")}
    for name, data in files.items():
        assert manifest["Files"][name] == sha256(data), name + ": damaged"
    return manifest["Model"], arrays(files["weights.safetensors"]), json.loads(files["strings.json"])


def margins(data, numbers, row):
    """W x + b of sparse weights W [L, D]."""
    weights = {field: numbers[name][1] for field, name in data["Weights"].items()}
    bias = numbers[data["Bias"]][1]
    values = dict(row)
    result = []
    for label in range(weights["Size"][0]):
        entries = range(weights["RowStart"][label], weights["RowStart"][label + 1])
        result.append(sum(weights["Values"][e] * values.get(weights["Indices"][e], 0.0) for e in entries) + bias[label])
    return result


def at(rarity, slope):
    return (1 - rarity) * slope["Common"] + rarity * slope["Rare"]


def trees(stack, numbers, evidence):
    """What the trees of a stack add to margins, local signal and rarity."""
    feature, cut, value = (numbers[stack["Trees"][field]][1] for field in ("Feature", "Cut", "Value"))
    total = 0.0
    for tree in range(len(feature) // 15):
        node = 0
        while node < 15 and feature[15 * tree + node] >= 0:
            asked = 15 * tree + node
            node = 2 * node + (1 if evidence[feature[asked]] <= cut[asked] else 2)
        total += value[31 * tree + node]
    return total


def score(stack, numbers, rarity, of_scorers):
    """From the margins of a label by every scorer, without a local signal."""
    parts = [trees(stack, numbers, [*of_scorers, 0.0, rarity])] + [at(rarity, slope) * m for slope, m in zip(stack["Margins"], of_scorers)]
    return sum(parts) + at(rarity, stack["LogLocal"]) * math.log(0.02) + at(rarity, stack["Intercept"])


def scores(model, numbers, row):
    ranker = model["Ranker"]
    assert ranker["Local"] is None and "Features" in model["Input"], "a model that this reader is too small for"
    of_scorers = []
    for scorer in ranker["Scorers"]:
        assert scorer["Tag"] == "linear", scorer["Tag"]
        of_scorers.append(margins(scorer["Data"], numbers, row))
    rarity = numbers[ranker["Rarity"]][1]
    largest = max(rarity)
    stack = model["Decision"]["Stack"]["Some"]["Value"]
    return [
        score(stack, numbers, r / largest if largest > 0 else 0.0, [m[label] for m in of_scorers])
        for label, r in enumerate(rarity)
    ]


if __name__ == "__main__":
    model, numbers, strings = load(sys.argv[1])
    with open(sys.argv[2]) as file:
        rows = json.load(file)
    print(json.dumps({"labels": strings[model["Labels"]], "scores": [scores(model, numbers, row) for row in rows]}))
