"""Dies by SIGABRT, as a CUDA assertion does, in the middle of its work."""

from __future__ import annotations

import os
import sys

import speak

speak.hello()
speak.line(event="Progress", done=1, total=2, what="train")
sys.stderr.write("CUDA error: an illegal memory access was encountered\n")
sys.stderr.flush()
os.abort()
