"""How long the window does not answer while it trains. Aim: p99 ≤ 20 ms, maximum ≤ 50 ms.

    python tests/benchmarks/frame_gap.py [--epochs 60] [--seconds 15] [--page training]

A timer of 10 ms in the real window notes how late each of its ticks is; what is printed is the
time between two ticks. Three times in one run: nothing going on; the same training followed by
nobody, which shows what the machine's scheduler alone costs; the training followed and drawn.
Beside it stands the processor time that the window's own thread used between two ticks: what is
missing from the gap was somebody else's.
Runs on the display that it finds, offscreen without one.
"""

from __future__ import annotations

import argparse

from window_probe import Bench, Probe, report, run_elsewhere, wait_s

from accelgui.runs.launch import AgentCommand


def main() -> None:
    """Measure and print."""
    options = _options()
    bench, probe = Bench(), Probe()
    page = bench.window.show_page("training")
    page.form.epochs.setText(str(options.epochs))
    report("idle", probe.during(lambda: wait_s(options.seconds)))
    command = AgentCommand("train", page.form.judged().request)
    report("training elsewhere", probe.during(lambda: run_elsewhere(command)))

    def train_here() -> None:
        page.start()
        if options.page != "training":
            bench.window.show_page(options.page)
        bench.wait_for_run()

    report("training drawn", probe.during(train_here), is_judged=True)
    bench.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--page", default="training")
    return parser.parse_args()


if __name__ == "__main__":
    main()
