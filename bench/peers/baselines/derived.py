"""Data sets made from others, the same whenever they are made. Arguments: folder of the data sets, name of the derived one, folder to
write. Names: SET-integers (features 100 x, rounded), SET-dev200 (200 dev rows drawn), SET-20words (texts cut), SET-300 (300 training
rows drawn, no dev rows)."""

import gzip
import json
import os
import random
import shutil
import sys

SEED, DEV_ROWS, TRAIN_ROWS, WORDS = 1, 200, 300, 20


def lines_of(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.readlines()


def integers(line):
    """The line with 100 times its values, rounded; what rounds to 0 is left out."""
    labels, *pairs = line.rstrip("\n").split(" ")
    values = [(index, round(100 * float(value))) for index, value in (pair.split(":") for pair in pairs)]
    return " ".join([labels, *(f"{index}:{value}" for index, value in values if value != 0)]) + "\n"


def shortened(line):
    row = json.loads(line)
    text = " ".join(row["text"].split()[:WORDS])
    return json.dumps({"text": text, "labels": row["labels"]}, ensure_ascii=False) + "\n"


def drawn(count, lines):
    """So many lines, in the order in which they stand."""
    return [lines[at] for at in sorted(random.Random(SEED).sample(range(len(lines)), min(count, len(lines))))]


# By the end of the name: the files' kind, and what becomes of the lines of train, dev and test; a part that is not named is left out.
KINDS = {
    "integers": ("svm.gz", dict.fromkeys(["train", "dev", "test"], lambda lines: [integers(line) for line in lines])),
    "dev200": ("svm.gz", {"train": list, "dev": lambda lines: drawn(DEV_ROWS, lines), "test": list}),
    "20words": ("jsonl.gz", dict.fromkeys(["train", "dev", "test"], lambda lines: [shortened(line) for line in lines])),
    "300": ("svm.gz", {"train": lambda lines: drawn(TRAIN_ROWS, lines), "test": list}),
}


def write(path, lines):
    """Without a time in the header, so that the bytes are the same each time."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        packed.write("".join(lines).encode())


if __name__ == "__main__":
    data, name, output = sys.argv[1:]
    source, kind = name.rsplit("-", 1)
    ending, parts = KINDS[kind]
    os.makedirs(output, exist_ok=True)
    shutil.copyfile(os.path.join(data, source, "labels.txt"), os.path.join(output, "labels.txt"))
    for part, change in parts.items():
        path = os.path.join(data, source, f"{part}.{ending}")
        if os.path.exists(path):
            write(os.path.join(output, f"{part}.{ending}"), change(lines_of(path)))
