"""Speaks a protocol of the future."""

from __future__ import annotations

import sys

import speak

speak.hello(protocol=7)
sys.stdin.read()
