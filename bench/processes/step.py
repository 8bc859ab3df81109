"""Seconds and processor seconds of a training step, between the fourth step and the last one seen of the first epoch: the first
ones bring kernels and memory in, and after the epoch one process judges and writes alone. Ends the training then.
step.py COMMAND...  prints: seconds, processor seconds, steps"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

FIRST = 4
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # else the training would stay behind


def family(process):
    """The process and its children, which are the ranks."""
    found = [process]
    for folder in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{folder}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == process:
                    found.append(int(folder))
        except OSError:
            pass  # ended meanwhile
    return found


def processor_seconds(processes):
    used = 0
    for process in processes:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


with tempfile.NamedTemporaryFile("r+") as log:
    # A group of its own: a rank that is left behind would go on.
    training = subprocess.Popen(sys.argv[1:], stdout=log, stderr=log, start_new_session=True)
    marks = {}
    try:
        while training.poll() is None:
            time.sleep(0.05)
            with open(log.name) as read:
                told = re.findall(r"epoch 1/\d+, step (\d+)/(\d+)", read.read())
            if told and int(told[-1][0]) not in marks:
                marks[int(told[-1][0])] = time.monotonic(), processor_seconds(family(training.pid))
            if told and int(told[-1][0]) >= int(told[-1][1]) - 3:
                break
    finally:
        if training.poll() is None:
            os.killpg(training.pid, signal.SIGKILL)
    steps = [step for step in sorted(marks) if step >= FIRST]
    if len(steps) < 2:
        with open(log.name) as read:
            sys.exit(f"no two steps from the {FIRST}th on were seen; the training said:\n{read.read()}")
    (began, before), (ended, after), count = marks[steps[0]], marks[steps[-1]], steps[-1] - steps[0]
    print((ended - began) / count, (after - before) / count, count)
