"""Greets, then never says another word."""

from __future__ import annotations

import sys

import speak

speak.hello()
sys.stdin.read()
