"""How the benches time steps of PyTorch; as Steps.cs times ours."""
import itertools
import time

WARMUP, WARMUP_STEPS = 4, 3  # seconds, and steps at least


def timed(runs, work):
    """The first value, and milliseconds of runs after the warm-up: by the clock, and of processors, all threads together."""
    first, whole, times, processor = None, time.perf_counter(), [], []
    for i in itertools.count():
        warm = i >= WARMUP_STEPS and time.perf_counter() - whole >= WARMUP
        start, used = time.perf_counter(), time.process_time()
        value = work()
        first = value if first is None else first
        if warm or times:
            times.append(round(1000 * (time.perf_counter() - start), 2))
            processor.append(round(1000 * (time.process_time() - used), 2))
        if len(times) == runs:
            return first, {"milliseconds": times, "processor": processor}
