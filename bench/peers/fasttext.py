"""fastText -loss ova on the unigrams of EURLEX57K, each as often as it occurs. Arguments: folder, epochs.
Reports (seconds, P@5 on the test rows) at the end; the seconds are those of `fasttext supervised` alone."""

import resource
import subprocess
import sys
import time

import peer

folder, epochs = sys.argv[1], sys.argv[2]
model = f"{folder}/fasttext"


def work():
    start = time.perf_counter()
    options = ["-loss", "ova", "-dim", "200", "-epoch", epochs, "-lr", "0.25", "-thread", "2", "-verbose", "0"]
    files = ["-input", f"{folder}/eurlex.train.txt", "-output", model]
    subprocess.run(["fasttext", "supervised", *files, *options], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    test = ["fasttext", "test", f"{model}.bin", f"{folder}/eurlex.test.txt", "5"]
    found = subprocess.run(test, check=True, capture_output=True, text=True).stdout
    precision = next(float(line.split()[1]) for line in found.splitlines() if line.startswith("P@5"))
    return precision, [(seconds, precision)]


peer.serve(work, warm=False, peak=lambda: resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
