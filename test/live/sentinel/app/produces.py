"""Sends a task each 50 ms until it is told to stop; writes down what the broker took and what it refused."""
import signal
import time

from jobs import RUN, work

going = True


def stop(*_):
    global going
    going = False


def note(name, line):
    with open(RUN / name, "a", buffering=1) as file:
        file.write(line + "\n")


signal.signal(signal.SIGTERM, stop)
while going:
    try:
        note("sent", work.delay().id)
    except Exception as error:
        note("refused", repr(error).replace("\n", " "))
    time.sleep(0.05)
