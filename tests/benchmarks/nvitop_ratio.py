"""CPU time of sampling GPUs once a second: ours, and nvitop's own API for the same values.

    python -m venv /tmp/nvitop && /tmp/nvitop/bin/pip install nvitop
    python tests/benchmarks/nvitop_ratio.py --nvitop-python /tmp/nvitop/bin/python [--gpus 8]

Both ask the same stand-in for NVML, in the same Python, in the same seconds, so that a noisy
machine is noisy for both. nvitop has no call for energy, memory temperature, clock-event reasons,
corrected errors and GPM; ours takes those too. Limit: a ratio of 1.0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
# Caches are warm and what is refused is known by then.
_WARM_ROUNDS = 3


def main() -> int:
    """Measure and print, or be one of the two that are measured."""
    arguments = _arguments()
    if arguments.be:
        _be(arguments.be, arguments.rounds, arguments.interval)
        return 0
    sys.path.insert(0, str(_TESTS))
    import pairs
    from standins.compiler import build_nvml
    from standins.drivers import GIB, NvmlDriver, wave

    print(pairs.machine())
    with tempfile.TemporaryDirectory() as folder:
        nvml = NvmlDriver(build_nvml(Path(folder)), Path(folder) / "state")
        nvml.install_gpus(arguments.gpus, memory_used=3 * GIB, utilization_gpu=wave(0, 100, 7))
        measured = [_pair(arguments, nvml.environment) for _ in range(arguments.pairs)]
    name = f"sampling {arguments.gpus} stand-in GPUs, CPU time a round"
    return 0 if pairs.report(name, "ms", measured, "≤ 1.0") <= 1.0 else 1


def _pair(arguments: argparse.Namespace, environment: dict[str, str]) -> tuple[float, float]:
    workers = [
        subprocess.Popen(
            [
                *(arguments.nvitop_python, __file__, "--be", who),
                *("--rounds", str(arguments.rounds), "--interval", str(arguments.interval)),
            ],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("ours", "nvitop")
    ]
    ours, nvitop = (float(worker.communicate()[0]) for worker in workers)
    return ours, nvitop


def _be(who: str, rounds: int, interval_s: float) -> None:
    """Print the milliseconds of CPU time that a round takes. Runs in nvitop's Python."""
    # The agent's modules keep stdout for events and turn what else is printed to stderr.
    out = os.fdopen(os.dup(1), "w")
    take = {"ours": _ours, "nvitop": _nvitop}[who]()
    spent_s = 0.0
    for number in range(_WARM_ROUNDS + rounds):
        begun_s = time.process_time()
        take()
        spent_s += time.process_time() - begun_s if number >= _WARM_ROUNDS else 0.0
        time.sleep(interval_s)
    print(1000 * spent_s / rounds, file=out, flush=True)


def _ours():
    sys.path.insert(0, str(_TESTS.parent))
    import pynvml

    from accelgui.agent.samplers.nvml import GpuSource

    pynvml.nvmlInit()
    count = pynvml.nvmlDeviceGetCount()
    sources = [GpuSource(pynvml, index, lambda: False) for index in range(count)]
    return lambda: [source.take() for source in sources]


def _nvitop():
    import nvitop

    devices = nvitop.Device.all()

    def take() -> None:
        for device in devices:
            with device.oneshot():
                device.memory_info()
                device.utilization_rates()  # Encoder and decoder, too.
                device.clock_infos()
                device.temperature()
                device.power_usage()
                device.fan_speed()
                device.total_volatile_uncorrected_ecc_errors()

    return take


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nvitop-python", default=sys.executable)
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--be", choices=("ours", "nvitop"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
