"""Does watching stay flat? Memory, threads and open files of sampler and window, minute by minute.

    python tests/benchmarks/soak.py [--minutes 60] [--gpus 8] [--without-window]

A window shows the Monitor page while its sampler asks the stand-in for NVML ten times a second, in
detail. A window fills the room of its series within the first half hour, so that growth is told
over the second half: at most 1 MiB an hour for the sampler, 8 MiB for the window.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from standins.compiler import build_nvml
from standins.drivers import GIB, NvmlDriver, wave

from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTERVAL_S = 0.1
_MOST_GROWN_MIB_PER_H = {"sampler": 1.0, "window": 8.0}


def main() -> int:
    """Soak and print."""
    arguments = _arguments()
    if arguments.be_window:
        return _be_window()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        nvml = NvmlDriver(build_nvml(Path(folder)), Path(folder) / "state")
        nvml.install_gpus(
            arguments.gpus,
            memory_used=3 * GIB,
            utilization_gpu=wave(0, 100, 7),
            processes=f"{os.getpid()}:{GIB}:50",
        )
        started = _sampler_alone if arguments.without_window else _window_with_sampler
        watched = running.enter_context(started(nvml.environment, Path(folder)))
        kept = _watch(watched, arguments.minutes)
    return 0 if kept else 1


@contextmanager
def _sampler_alone(environment: Mapping[str, str], _folder: Path) -> Iterator[dict[str, int]]:
    request = SampleRequest(_INTERVAL_S)
    run = AgentRun(AgentCommand("sample", request, environment=dict(environment)))
    events = run.events()
    next(events)
    run.tell({"detail": True, "pcie": True})
    follower = threading.Thread(target=lambda: [None for _ in events])
    follower.start()
    try:
        assert run.pid is not None
        yield {"sampler": run.pid}
    finally:
        run.stop()
        follower.join()


@contextmanager
def _window_with_sampler(environment: Mapping[str, str], folder: Path) -> Iterator[dict[str, int]]:
    window = subprocess.Popen(
        [sys.executable, __file__, "--be-window"],
        env={
            **os.environ,
            **environment,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_STATE_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert window.stdout is not None
    try:
        yield {"sampler": int(window.stdout.readline()), "window": window.pid}
    finally:
        window.terminate()
        window.wait()


def _be_window() -> int:
    from PySide6.QtWidgets import QApplication

    from accelgui.gui import language
    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session
    from accelgui.gui.theme import theme
    from accelgui.settings import Settings

    application = QApplication(sys.argv[:1])
    language.speak("en")
    theme.install(application, "light")
    session = Session(Settings())
    window = MainWindow(session)
    window.resize(1100, 720)
    window.show()
    session.start()
    window.show_page("monitor")
    session.look_closely(_INTERVAL_S)

    def tell() -> None:
        session.samples_arrived.disconnect(tell)
        print(session._sampler.pid, flush=True)

    session.samples_arrived.connect(tell)
    return application.exec()


def _watch(pids: dict[str, int], minutes: int) -> bool:
    processes = {name: psutil.Process(pid) for name, pid in pids.items()}
    sizes: dict[str, list[float]] = {name: [] for name in processes}
    print("minute  " + "".join(f"{name:>8}: MiB threads files  % core" for name in processes))
    spent_s = dict.fromkeys(processes, 0.0)
    for minute in range(minutes + 1):
        parts = []
        for name, process in processes.items():
            with process.oneshot():
                sizes[name].append(process.memory_info().rss / 2**20)
                times = process.cpu_times()
                used_s, spent_s[name] = times.user + times.system - spent_s[name], sum(times[:2])
                files = process.num_fds()
                threads = process.num_threads()
            parts.append(f"{sizes[name][-1]:13.2f} {threads:7} {files:5} {used_s / 0.6:6.2f}  ")
        print(f"{minute:6}  " + "".join(parts), flush=True)
        if minute < minutes:
            time.sleep(60)
    kept = [_tell_growth(name, of) for name, of in sizes.items()]
    return all(kept)


def _tell_growth(name: str, sizes_mib: list[float]) -> bool:
    late = sizes_mib[len(sizes_mib) // 2 :]
    per_hour = 60 * float(np.polyfit(np.arange(len(late)), late, 1)[0]) if len(late) > 2 else 0.0
    limit = _MOST_GROWN_MIB_PER_H[name]
    print(f"{name}: {per_hour:+.2f} MiB an hour in the second half (limit {limit:.0f})")
    return per_hour <= limit


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--without-window", action="store_true")
    parser.add_argument("--be-window", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
