"""``python -m accelgui``."""

from __future__ import annotations

import sys

from accelgui.app import main

sys.exit(main())
