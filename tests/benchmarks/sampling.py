"""What watching costs: CPU time of the sampler's process and its memory.

    python tests/benchmarks/sampling.py [--gpus 8] [--seconds 20]

The GPUs are those of the stand-in for NVML. Limits: 0.5 % of a core at 1 Hz, 3 % at 10 Hz. What
the stand-in itself takes is measured by calling it as often, and printed beside; it is counted as
ours all the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from standins.agents import sampler
from standins.compiler import build_nvml
from standins.drivers import GIB, NvmlDriver, wave

_LIMITS_PERCENT = {1.0: 0.5, 0.1: 3.0}
_SETTLE_S = 3.0


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        nvml = NvmlDriver(build_nvml(Path(folder)), Path(folder) / "state")
        nvml.install_gpus(arguments.gpus, memory_used=3 * GIB, utilization_gpu=wave(0, 100, 7))
        kept = [_measure(nvml, interval_s, arguments.seconds) for interval_s in _LIMITS_PERCENT]
    return 0 if all(kept) else 1


def _measure(nvml: NvmlDriver, interval_s: float, seconds: float) -> bool:
    with sampler(nvml.environment, interval_s=interval_s) as (run, samples):
        process, begun, spent_s, count = None, 0.0, 0.0, 0
        for sample in samples:
            if process is None:
                process, begun = psutil.Process(_python_of(run.pid)), time.monotonic()
            elif time.monotonic() - begun < _SETTLE_S:
                spent_s, started_s, first_bytes = (
                    _spent_s(process),
                    time.monotonic(),
                    _size(process),
                )
                count = 0
            elif time.monotonic() - started_s > seconds:
                break
            count += sample.device != "host"
        used_s, elapsed_s = _spent_s(process) - spent_s, time.monotonic() - started_s
        percent = 100 * used_s / elapsed_s
        grown = (_size(process) - first_bytes) / 1024
        limit = _LIMITS_PERCENT[interval_s]
        print(
            f"{1 / interval_s:4.0f} Hz: {percent:.2f} % of a core (limit {limit} %),"
            f" {count / elapsed_s:.0f} samples/s, {1e6 * used_s / count:.0f} µs each,"
            f" {_size(process) / 2**20:.1f} MiB, grown by {grown:.0f} KiB"
        )
    return percent <= limit


def _python_of(pid: int | None) -> int:
    """Return the process that samples: the guard becomes it."""
    assert pid is not None
    return pid


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _size(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20.0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
