"""Gives this process little memory."""

from __future__ import annotations

import os
import resource

limit = int(os.environ["SABOTAGE_BYTES"])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
