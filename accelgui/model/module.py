"""Further libraries that run networks: is one here, and does it load?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

# Distribution patterns stand with the rules; here are the names under which they are asked for.
MODULES = ("torch_xla", "onnxruntime", "tensorrt", "cuda_toolkit")


@dataclass(frozen=True)
class Module:
    """What was found of a library.

    `loads` is None where that was not tried; `details` are its own words, such as the execution
    providers of ONNX Runtime; `error` says why it does not load.
    """

    name: str
    present: bool
    version: Optional[str] = None
    loads: Optional[bool] = None
    details: Optional[str] = None
    error: Optional[str] = None
