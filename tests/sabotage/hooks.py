"""Changes modules as soon as they have been imported; runs in any Python from 3.9 on."""

from __future__ import annotations

import importlib.util
import sys


class _Finder:
    def __init__(self, name, change):
        self._name = name
        self._change = change

    def find_spec(self, name, _path=None, _target=None):
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def run_and_change(module):
            run(module)
            self._change(module)

        spec.loader.exec_module = run_and_change
        return spec


def after_import(name, change):
    """Call `change(module)` when the module `name` has been imported."""
    sys.meta_path.insert(0, _Finder(name, change))
