"""Compiles the stand-in libraries; each takes about 0.2 s."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SOURCES = Path(__file__).resolve().parent


def build_nvml(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Compile libnvidia-ml.so.1 into `folder`; `without` hides functions, as in an old driver."""
    return _build(folder, "nvml.c", "libnvidia-ml.so.1", without)


def build_libcuda(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Compile libcuda.so.1 into `folder`."""
    return _build(folder, "libcuda.c", "libcuda.so.1", without)


def _build(folder: Path, source: str, soname: str, without: tuple[str, ...]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / soname
    hidden = folder / f"{soname}.map"
    hidden.write_text("{ global: *; local: " + "".join(f"{name}; " for name in without) + "};\n")
    subprocess.run(
        [
            *("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"),
            f"-Wl,-soname,{soname}",
            *([f"-Wl,--version-script={hidden}"] if without else []),
            *("-o", str(library), str(_SOURCES / source), "-lm"),
        ],
        check=True,
        timeout=60,
    )
    hidden.unlink()
    return library
