"""scikit-learn's baselines on one data set. Arguments: data folder, folder for the results.

Each baseline runs in a process of its own, which may take half an hour of two processors and 16 GB; "did not finish" is a result too,
and one that would not is ended early (pace.py).
Time of processors is counted, so that other work on the machine changes no result. A result is kept as long as neither these scripts
nor the data change."""

import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys

import one
import rows

MINUTES, PROCESSORS, BYTES = 30, 2, 16 << 30
HERE = pathlib.Path(__file__).parent


def key(folder):
    """A mark of the scripts and of the data."""
    mark = hashlib.sha256()
    for file in [*sorted(HERE.glob("*.py")), *rows.files(folder)]:
        mark.update(pathlib.Path(file).read_bytes())
    return mark.hexdigest()


def limit():
    seconds = 60 * MINUTES * PROCESSORS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 60))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def run(folder, name, output):
    """The result of a baseline; a process that asks for more memory than it may have ends by MemoryError or by a signal."""
    command = [sys.executable, HERE / "one.py", folder, name, output]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)
    if done.returncode == -signal.SIGXCPU:
        return {"not_run": f"did not finish in {MINUTES} minutes of {PROCESSORS} processors"}
    if done.returncode < 0 or "MemoryError" in done.stderr:
        return {"not_run": f"did not finish in {BYTES >> 30} GB"}
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(output.read_text())


def kept(output, mark):
    return output.exists() and json.loads(output.read_text()).get("key") == mark


def said(answer):
    if "not_run" in answer:
        return answer["not_run"]
    cuts = [f"{cut} {made['macro_f1_a']:.4f} / {made['micro_f1']:.4f}" for cut, made in answer["decisions"].items()]
    return f"{', '.join(cuts)}, P@1 {answer['p_at_1']:.4f}, {answer['seconds']} s"


if __name__ == "__main__":
    folder, results = sys.argv[1], pathlib.Path(sys.argv[2])
    results.mkdir(parents=True, exist_ok=True)
    mark = key(folder)
    for name in one.BASELINES:
        output, unfinished = results / f"{name}.json", results / f"{name}.unfinished"
        if not kept(output, mark):
            answer = {"key": mark, "baseline": name, **run(folder, name, unfinished)}
            unfinished.write_text(json.dumps(answer))
            os.replace(unfinished, output)
            print(f"{name}: {said(answer)}", flush=True)
