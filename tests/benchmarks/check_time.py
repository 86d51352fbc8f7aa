"""``accelgui check`` ÷ five lines that import TensorFlow, list devices and run one matmul.

python tests/benchmarks/check_time.py [PAIRS]
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pairs

FIVE_LINES = """
import tensorflow as tf
print(tf.config.list_physical_devices())
a = tf.random.normal((64, 64))
print(tf.linalg.matmul(a, a).device)
"""


def seconds(command: list[str]) -> float:
    """Return the wall time of a command."""
    began_s = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - began_s


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    accelgui = str(Path(sys.executable).with_name("accelgui"))
    measured = pairs.alternate(
        lambda: seconds([accelgui, "check", "--framework", "tensorflow"]),
        lambda: seconds([sys.executable, "-c", FIVE_LINES]),
        count,
    )
    print(pairs.machine())
    pairs.report("check", "s", measured, "≤ 1.3")


if __name__ == "__main__":
    main()
