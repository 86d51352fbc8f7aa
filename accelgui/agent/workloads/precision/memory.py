"""Memory of a device filled with patterns, which are read again later."""

from __future__ import annotations

import contextlib
import pathlib
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend
    from accelgui.model.snapshot import FrameworkDevice

# All bits either way, and neighbours apart either way.
PATTERNS = (0x00000000, 0xFFFFFFFF, 0x55555555, 0xAAAAAAAA)
_WORD_BYTES = 4
_BLOCK_BYTES = 64 << 20

# Where nobody says how much memory is free.
_UNKNOWN_BYTES = 1 << 30


class PatternMemory:
    """Blocks of memory on a device, each with a pattern that changes from round to round."""

    def __init__(self, backend: Backend, device: FrameworkDevice, wanted_bytes: int) -> None:
        self._backend, self._device = backend, device
        self._blocks: list[tuple[Any, int]] = []
        self._wanted = wanted_bytes // _BLOCK_BYTES
        self.errors = 0

    @property
    def size_bytes(self) -> int:
        """How much memory is filled."""
        return len(self._blocks) * _BLOCK_BYTES

    def grow(self) -> None:
        """Fill one block more, as long as there is room; where there is none, stay."""
        if len(self._blocks) >= self._wanted:
            return
        pattern = PATTERNS[len(self._blocks) % len(PATTERNS)]
        try:
            self._blocks.append((self._filled(pattern), pattern))
        except Exception:  # noqa: BLE001 - Frameworks raise what they like when memory is short.
            self._wanted = len(self._blocks)

    def verify(self, number: int) -> int:
        """Read a block again, fill it with the next pattern; return how many words had changed."""
        if not self._blocks:
            return 0
        number %= len(self._blocks)
        block, pattern = self._blocks[number]
        changed = self._backend.count_changed(block, pattern)
        self.errors += changed
        following = PATTERNS[(PATTERNS.index(pattern) + 1) % len(PATTERNS)]
        # Freed first: there may be no room for a second one.
        del block
        self._blocks[number] = (None, following)
        self._blocks[number] = (self._filled(following), following)
        return changed

    def _filled(self, pattern: int) -> Any:
        return self._backend.filled(self._device, _BLOCK_BYTES // _WORD_BYTES, pattern)


def wanted_bytes(device: FrameworkDevice, share: float) -> int:
    """Return that share of the free memory of a device."""
    free = _free_host_bytes() if device.key == "cpu" else _free_gpu_bytes(device)
    return int(share * (free if free is not None else _UNKNOWN_BYTES))


def _free_host_bytes() -> Optional[int]:
    with contextlib.suppress(ImportError):
        import psutil

        return int(psutil.virtual_memory().available)
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        pathlib.Path("/proc/meminfo").open() as lines,
    ):
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _free_gpu_bytes(device: FrameworkDevice) -> Optional[int]:
    try:
        import pynvml

        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(int(device.key.rpartition(":")[2]))
        return int(pynvml.nvmlDeviceGetMemoryInfo(handle).free)
    except Exception:  # noqa: BLE001 - Not there, too old, another vendor: it is not known then.
        return None
