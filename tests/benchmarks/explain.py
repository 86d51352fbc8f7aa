"""What explaining a log takes, in seconds per 10 MB, for each kind of text.

    python tests/benchmarks/explain.py [--megabytes 10] [--times 3] [--kind NAME]

Limit: 2 s per 10 MB. The least of a few times is shown, since others use the machine too.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from diagnosis.logs.texts import KINDS

from accelgui.diagnosis.logs import explain

_LIMIT_S = 2.0
_UNIT_BYTES = 10_000_000


def main() -> int:
    arguments = _arguments()
    size = arguments.megabytes * 1_000_000
    kept = [_measure(kind, size, arguments.times) for kind in arguments.kind or KINDS]
    return 0 if all(kept) else 1


def _measure(kind: str, size: int, times: int) -> bool:
    text = KINDS[kind](size)
    least_s = float("inf")
    for _ in range(times):
        started = time.process_time()
        explained = explain(text)
        least_s = min(least_s, time.process_time() - started)
    per_unit_s = least_s * _UNIT_BYTES / len(text)
    print(
        f"{kind:24} {per_unit_s:5.2f} s per 10 MB, {len(explained.findings)} findings,"
        f" {explained.coverage.passed_over_count} places passed over"
    )
    return per_unit_s <= _LIMIT_S


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--kind", action="append", choices=KINDS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
