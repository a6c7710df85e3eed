"""Runs a program in a pseudo terminal: terminal.py TEXT=KEYS ... -- PROGRAM ARGUMENT ...
Once TEXT was written after the step before, KEYS are pressed. Prints what was written, and ends with the program's code."""
import fcntl, os, pty, select, signal, struct, sys, termios, time

cut = sys.argv.index("--")
steps = [step.rsplit("=", 1) for step in sys.argv[1:cut]]
child, terminal = pty.fork()
if child == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ["TERM"] = "xterm"
    os.execvp(sys.argv[cut + 1], sys.argv[cut + 1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
written, seen, deadline = b"", 0, time.time() + 90
while True:
    if time.time() > deadline:
        os.kill(child, signal.SIGKILL)
    try:
        if select.select([terminal], [], [], 1)[0]:
            piece = os.read(terminal, 65536)
            if not piece:
                break
            written += piece
    except OSError:
        break
    if steps and steps[0][0].encode() in written[seen:]:
        seen = len(written)
        time.sleep(1)
        os.write(terminal, steps.pop(0)[1].encode())
status = os.waitpid(child, 0)[1]
sys.stdout.write(written.decode("utf-8", "replace"))
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 99)
