"""What an idle window costs with live values ticking once a second.

python tests/benchmarks/idle.py [SECONDS]

Run it on a display: xvfb-run -a python tests/benchmarks/idle.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import pairs
import psutil

# The first values have been drawn so long after the first check has ended.
_SETTLE_S = 5
_CHECK_LIMIT_S = 120


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def sampler_of(window: psutil.Process) -> psutil.Process:
    """Wait for the end of the first check: then the sampler is the only child that is left."""
    end_s = time.monotonic() + _CHECK_LIMIT_S
    time.sleep(_SETTLE_S)
    while len(children := window.children(recursive=True)) != 1:
        if time.monotonic() > end_s:
            sys.exit(f"{len(children)} children, where the sampler alone should be left")
        time.sleep(0.5)
    return children[0]


def main() -> None:
    """Measure and print."""
    duration_s = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    accelgui = Path(sys.executable).with_name("accelgui")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}
        window = psutil.Popen([accelgui], env=environment)
        try:
            processes = {"window": window, "sampler": sampler_of(window)}
            time.sleep(_SETTLE_S)
            before = {name: cpu_seconds(process) for name, process in processes.items()}
            began_s = time.monotonic()
            time.sleep(duration_s)
            elapsed_s = time.monotonic() - began_s
            shares = {
                name: 100 * (cpu_seconds(process) - before[name]) / elapsed_s
                for name, process in processes.items()
            }
        finally:
            window.terminate()
            window.wait()
    print(pairs.machine())
    parts = ", ".join(f"{name} {share:.2f} %" for name, share in shares.items())
    print(f"idle: {sum(shares.values()):.2f} % of one core ({parts}); target ≤ 1 %")


if __name__ == "__main__":
    main()
