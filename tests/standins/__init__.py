"""Stand-ins for what this machine lacks: driver libraries, made machines, a TPU's metric server.

They stand below the real code, never inside it: an unpatched pynvml or TensorFlow opens the
libraries, and the probe reads the made machines through its own sysroot.
"""

from __future__ import annotations
