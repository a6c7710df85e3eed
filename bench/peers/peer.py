"""What the peers share: sparse matrices from files, and the loop that the harness drives.

A peer prints {"ready": true} once its data are read and its work has run once. Each line "run" on its input is answered by
the mean seconds of the work, repeated for half a second at least, and by a check value that the other side must reach too.
At the end of input it prints the peak of its resident memory, counted from "ready" where the work was warmed up.
"""

import json
import sys
import time

import numpy
import scipy.sparse


def csr(path):
    """A matrix that the harness wrote: rows, columns, entries, then row starts, indices (int32) and values (float32)."""
    with open(path, "rb") as file:
        rows, columns, entries = numpy.fromfile(file, numpy.int32, 3)
        start = numpy.fromfile(file, numpy.int32, rows + 1)
        indices = numpy.fromfile(file, numpy.int32, entries)
        values = numpy.fromfile(file, numpy.float32, entries)
    return scipy.sparse.csr_matrix((values, indices, start), shape=(rows, columns))


def say(**answer):
    print(json.dumps(answer), flush=True)


def forget_peak():
    """Starts the count of VmHWM anew (man 5 proc, clear_refs); where that is not allowed the peak is the whole process's."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_mb():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def serve(work, units=1, warm=True, least=0.5, peak=peak_mb):
    """work() does so many units and returns a number, or a number and a list of (seconds, number) reached on the way."""
    if warm:
        work()
        forget_peak()
    say(ready=True)
    for line in sys.stdin:
        if line.strip() != "run":
            break
        times, elapsed = 0, 0.0
        start = time.perf_counter()
        while times == 0 or (warm and elapsed < least):
            result = work()
            times += 1
            elapsed = time.perf_counter() - start
        check, trajectory = result if isinstance(result, tuple) else (result, [])
        say(seconds=elapsed / (times * units), check=float(check), trajectory=trajectory)
    say(peak_mb=peak())
