"""Ask one driver library: ``python …/probe/apart nvml|libcuda|libtpu ARGUMENT…``."""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

if __name__ == "__main__":
    agent = Path(__file__).resolve().parent.parent.parent
    if sys.path and Path(sys.path[0] or ".").resolve() == Path(__file__).resolve().parent:
        del sys.path[0]
    if sys.platform == "linux":
        # Whoever asks has gone: so has the question.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The same registration by folder with which the agent itself starts.
    runpy.run_path(str(agent / "__main__.py"), run_name="agent")["_register_package"](agent.parent)

    from accelgui.agent.probe.apart import libcuda, libtpu, nvml

    ask = {"nvml": nvml.ask, "libcuda": libcuda.ask, "libtpu": libtpu.watch}
    ask[sys.argv[1]](sys.argv[2:])
    # Driver libraries may hang or crash while they are unloaded, and nothing is left to do.
    sys.stdout.flush()
    os._exit(0)
