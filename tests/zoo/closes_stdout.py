"""Closes stdout early and works on."""

from __future__ import annotations

import os
import sys

import speak

speak.hello()
os.close(1)
sys.stdin.read()
