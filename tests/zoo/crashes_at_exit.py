"""Does its work, says so, then dies by SIGSEGV while it takes itself down."""

from __future__ import annotations

import os
import signal

import speak

speak.hello()
speak.done()
os.kill(os.getpid(), signal.SIGSEGV)
