"""How long the window does not answer while it checks numbers. Aim: p99 ≤ 20 ms, max ≤ 50 ms.

    python tests/benchmarks/precision_frame_gap.py [--level quick] [--seconds 10]

As frame_gap.py, of which this is the twin: nothing going on; the same check followed by nobody;
the check followed and drawn. Beside that, what share of the check's time the references in float64
took, of which at most 40 % are allowed.
Runs on the display that it finds, offscreen without one.
"""

from __future__ import annotations

import argparse

from window_probe import Bench, Probe, report, run_elsewhere, wait_s

from accelgui.model.precision_events import PrecisionCost
from accelgui.runs.launch import AgentCommand

REFERENCE_SHARE = 0.4


def main() -> None:
    """Measure and print."""
    options = _options()
    bench, probe = Bench(), Probe()
    page = bench.window.show_page("precision")
    page.controls.level.choose(options.level)
    costs: list[PrecisionCost] = []
    bench.session.run_events_arrived.connect(
        lambda events: costs.extend(event for event in events if isinstance(event, PrecisionCost))
    )
    report("idle", probe.during(lambda: wait_s(options.seconds)))
    command = AgentCommand("precision", page.controls.request())
    report("check elsewhere", probe.during(lambda: run_elsewhere(command)))

    def check_here() -> None:
        page.start()
        bench.wait_for_run()

    report("check drawn", probe.during(check_here), is_judged=True)
    for cost in costs:
        _tell(cost)
    bench.close()


def _tell(cost: PrecisionCost) -> None:
    share = cost.reference_s / cost.elapsed_s
    verdict = "met" if share <= REFERENCE_SHARE else "missed"
    print(
        f"{cost.elapsed_s:.1f} s in the agent, of which {cost.import_s:.1f} s to import the"
        f" framework, {cost.reference_s:.2f} s for references in float64: {share:.1%};"
        f" target ≤ {REFERENCE_SHARE:.0%}: {verdict}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--level", choices=("quick", "full"), default="quick")
    parser.add_argument("--seconds", type=float, default=10.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
