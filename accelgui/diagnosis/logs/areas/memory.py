"""Memory of the GPU: who takes it, and what failures look like that come from its lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue


_SIZE = r"[\d.]+ ?[KMGT]i?B"
_BYTES = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}

# More than this share of the device in other hands: the work would have fitted.
_OTHERS_SHARE = 0.3
# A device with less left before the work began was full of something else.
_LEFT_SHARE = 0.1

SIGNS = (
    sign(
        "torch_oom",
        ("cuda out of memory", "hip out of memory"),
        rf"(?:CUDA|HIP) out of memory\. Tried to allocate (?P<asked>{_SIZE})",
    ),
    sign(
        "torch_oom_now",
        "total capacity of",
        rf"total capacity of (?P<total>{_SIZE}) of which (?P<free>{_SIZE}) is free",
    ),
    sign("torch_oom_this", "this process has", rf"this process has (?P<own>{_SIZE}) memory in use"),
    sign(
        "torch_oom_other",
        "memory in use",
        rf"Process (?P<pid>\d+) has (?P<other>{_SIZE}) memory in use",
    ),
    sign(
        "torch_oom_old",
        "total capacity;",
        rf"(?P<total>{_SIZE}) total capacity; (?P<allocated>{_SIZE}) already allocated;"
        rf" (?P<free>{_SIZE}) free; (?P<reserved>{_SIZE}) (?:reserved|cached)",
    ),
    sign(
        "oom",
        (
            "out of memory",
            "oom when allocating",
            "outofmemoryerror",
            "out_of_memory",
            "memoryallocation",
            "resource exhausted",
            "resource_exhausted",
            "resourceexhausted",
            "ran out of memory",
            "cuda error: out",
            "cuda failure 'out",
            "mps backend out of",
            "cudamalloc failed",
            "failed to allocate memory",
            "bad_alloc",
            "outofmemory ",
            "no available memory for the cache",
            "exceed allowed memory",
            "stored in kv cache",
            "not enough memory",
            "insufficient memory",
            "not enough gpu memory",
            "not enough vram",
            "insufficient vram",
            "paging file is too small",
            "allocator ran out",
            "hiperroroutofmemory",
            "exhausted gpu memory",
            "dst tensor is not initialized",
            "allocatable device memory",
            "of free gpu memory",
            "enough gpu",
            "invalid buffer size",
            "bytes of ndarray >",
            "enough vram",
            "memory is insufficient",
            "too large to fit",
            "too big to fit",
            "kv cache memory",
            "out of gpu",
            "out_of_device_memory",
            "outofdevicememory",
            "error_out_of_memory",
            "cudnn hasn't found",
        ),
        r"OOM when allocating|OutOfMemoryError|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY"
        r"|ran out of memory(?![^\n]{0,120}(?:not a failure|retrying))"
        r"|RESOURCE_EXHAUSTED: [^\n]{0,60}(?:out of memory|allocate)"
        r"|Out of memory while trying to allocate|cudaErrorMemoryAllocation|CUDA out of memory"
        r"|out of memory \(err|-> out of memory|Ran out of memory in memory space|(?:CUDA|HIP)"
        r" failure '?out of"
        r" memory"
        r"|MPS backend out of memory|cudaMalloc failed|Out of memory error on GPU"
        r"|hipErrorOutOfMemory"
        r"|Failed to allocate memory for requested buffer|bad_?alloc:?[^\n]{0,60}(?:cuda"
        r"|out_of_memory)"
        r"|Error Code \d: OutOfMemory|Out of memory allocating [\d,]+ bytes|would exceed allowed"
        r" memory"
        r"|No available memory for the cache blocks|(?:can be stored|stored) in KV cache"
        r"|not? enough (?:allocatable )?(?:GPU |CUDA |device )?(?:memory|VRAM|RAM)"
        r"|have enough GPU RAM to"
        r" fit|(?:not|n't) have enough (?:GPU |free )?(?:VRAM|memory)|GPU memory is insufficient"
        r"|too (?:large|big) to fit (?:in|on)[^\n]{0,20}(?:GPU|VRAM|device)"
        r"|Invalid buffer size: [\d.]+ ?[GT]i?B|total bytes of NDArray >"
        r"|larger than the available KV cache|out of GPU(?: and shared host)? memory"
        r"|OUT_?OF_?DEVICE_?MEMORY"
        r"|insufficient (?:GPU memory|VRAM)"
        r"|(?:CUDA|GPU)[^\n]{0,40}insufficient memory|exhausted GPU memory"
        r"|Dst tensor is not initialized|only \d+ ?[KMG]i?B of free GPU memory"
        r"|cuDNN hasn't found \w+(?:-\w+)? algo"
        r"|paging file is too small[^\n]{0,120}\.dll",
    ),
    # What a TPU says, of its own memory.
    sign(
        "hbm_full",
        ("hbm", "bottom of memory"),
        r"(?:attempting to (?:reserve|allocate) (?P<asked>[\d.]+[KMG])|exceeded hbm capacity"
        r"|ran out of memory in memory space hbm|not enough hbm)",
    ),
    # While it looks for the quickest algorithm it tries some that are too large.
    sign(
        "tried_too_large",
        "conv_algorithm_picker",
        r"conv_algorithm_picker[^\n]{0,20}\] Resource exhausted",
    ),
    sign(
        "little_asked",
        "trying to allocate",
        r"trying to allocate \d{1,7} ?bytes",
    ),
    sign(
        "vllm_free",
        "free memory on device",
        r"Free memory on device[^\n]{0,20} \((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on startup"
        r" is less",
        says="gpu_memory_held_by_other_process",
    ),
    sign(
        "implicit_init",
        "implicit initialization on gpu",
        r"implicit initialization on GPU:\d+ failed\. Status: (?:out of memory|all CUDA)",
        says="gpu_memory_held_by_other_process",
    ),
    sign(
        "tf_allocate",
        "failed to allocate",
        rf"failed to allocate (?P<asked>{_SIZE}|[\d.]+[KMG])[^\n]{{0,60}}from device",
    ),
    # Before anything of the work is there.
    sign(
        "context_oom",
        ("primaryctxretain", "cuctxcreate"),
        r"(?:cuDevicePrimaryCtxRetain|cuCtxCreate)[^\n]{0,60}OUT_OF_MEMORY",
        says="gpu_memory_held_by_other_process",
    ),
    sign(
        "tf_free",
        ("totalmemory", "total memory", "freememory"),
        rf"total ?memory: (?P<total>{_SIZE}) free ?memory: (?P<free>{_SIZE})",
    ),
    sign(
        "smi_process",
        ("mib |", "mib"),
        r"\|[^\n|]{0,24} (?P<pid>\d{2,7}) +(?:C|C\+G|M\+C) +(?P<name>\S[^\n|]{0,60}?) +"
        r"(?P<used>\d+)MiB \|",
    ),
    sign("smi_no_process", "no running processes found"),
    sign("smi_idle", "mib /", r"(?P<used>\d+)MiB ?/ ?(?P<total>\d+)MiB ?\| +0%"),
    sign("smi_memory", "mib /", r"(?P<used>\d+)MiB ?/ ?(?P<total>\d+)MiB"),
    sign(
        "growth",
        (
            "allow_growth",
            "memory_growth",
            "xla_python_client",
            "mem_fraction",
            "per_process_gpu_memory_fraction",
            "preallocat",
        ),
        r"allow_growth|memory_growth|XLA_PYTHON_CLIENT_(?:PREALLOCATE|MEM_FRACTION|ALLOCATOR)"
        r"|per_process_gpu_memory_fraction|preallocat",
    ),
    sign(
        "insufficient_driver",
        "insufficient driver version",
        r"insufficient driver version:? (?P<driver>[\d.]+)",
    ),
    sign(
        "tf_words",
        ("tensorflow/", "tf.errors", "tensorflow.python", "keras", "jaxlib", "xla/", "xla_bridge"),
        None,
    ),
)


def out_of_memory(clues: Clues) -> Iterator[Candidate]:
    """The device has no room: for this work, or since somebody else is there."""
    clue = clues.first(
        "torch_oom", "oom", "tf_allocate", "torch_oom_old", "torch_oom_now", "hbm_full"
    )
    host = clues.has("oom_killer", "page_file_small", "shared_memory_full", "cpu_allocator")
    if (
        clue is None
        or clues.has("tpu_busy")
        or (host and not clues.has("torch_oom", "tf_allocate"))
        or tried_too_large(clues)
    ):
        return
    held = _held_by_others(clues) if not _is_beyond_device(clues) else []
    parameters = {"asked": clues.value("torch_oom", "asked")}
    shown = [clue, *clues.all("torch_oom_now", "torch_oom_old")[:1]]
    if held:
        pid = clues.value("torch_oom_other", "pid")
        yield likely("gpu_memory_held_by_other_process", [*shown, *held[:3]], pid=pid)
        yield possible("gpu_out_of_memory", shown, **parameters)
    elif clues.has("tf_allocate") and clues.has("dnn_failed", "blas_failed"):
        yield likely("gpu_memory_preallocation", [*shown, *clues.all("dnn_failed")[:1]])
        yield likely("gpu_memory_held_by_other_process", shown)
        yield possible("gpu_out_of_memory", shown, **parameters)
    elif clues.has("little_asked") and clues.has("speaks_of_jax", "speaks_of_tensorflow"):
        # So little is always there, unless all was taken beforehand.
        yield likely("gpu_memory_preallocation", [*clues.all("little_asked")[:1], *shown])
        yield likely("gpu_memory_held_by_other_process", shown)
        yield possible("gpu_out_of_memory", shown)
    elif clues.has("torch_oom", "torch_oom_this"):
        yield likely("gpu_out_of_memory", shown, **parameters)
        yield possible("gpu_memory_held_by_other_process", shown)
    else:
        yield likely("gpu_out_of_memory", shown, **parameters)
        yield possible("gpu_memory_preallocation", shown)
        yield possible("gpu_memory_held_by_other_process", shown)


def little_left(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow was left next to nothing of a large device."""
    if clues.has("jetson"):
        # GPU and host share their memory there, and caches count as used.
        return
    for clue in clues.all("tf_free"):
        if _bytes(clue["free"]) < _LEFT_SHARE * _bytes(clue["total"]):
            yield likely("gpu_memory_held_by_other_process", [clue])
            return


def tried_too_large(clues: Clues) -> list[Clue]:
    """Return the complaints of a search for the quickest algorithm, if nothing else complains."""
    tried = clues.all("tried_too_large")
    said = clues.all("oom", "tf_allocate")
    is_tried = all(
        "conv_algorithm_picker" in clue.text or "cuda_driver.cc" in clue.text for clue in said
    )
    return [*tried, *said] if tried and is_tried else []


def full_for_nobody(clues: Clues) -> Iterator[Candidate]:
    """nvidia-smi shows a full and idle device, and no process that would hold it."""
    full = [clue for clue in clues.all("smi_idle") if int(clue["used"]) > 0.6 * int(clue["total"])]
    if full and not clues.has("smi_process", "torch_oom", "oom", "gpu_computes"):
        yield possible("gpu_memory_held_by_other_process", full[:1])


def _is_beyond_device(clues: Clues) -> bool:
    """Say whether an empty device would not have had what was asked for, either."""
    total = _bytes(clues.value("torch_oom_now", "total") or clues.value("torch_oom_old", "total"))
    return bool(total) and _bytes(clues.value("torch_oom", "asked")) > total


def _held_by_others(clues: Clues) -> list[Clue]:
    """Return what shows that others hold much of the device."""
    total = _bytes(clues.value("torch_oom_now", "total"))
    own = _bytes(clues.value("torch_oom_this", "own"))
    others = clues.all("torch_oom_other")
    taken = sum(_bytes(clue["other"]) for clue in others)
    if total and taken > _OTHERS_SHARE * total and taken > own:
        return others
    free = _bytes(clues.value("torch_oom_now", "free"))
    if total and own and not others and total - own - free > _OTHERS_SHARE * total:
        return clues.all("torch_oom_now", "torch_oom_this")
    for clue in clues.all("torch_oom_old"):
        unexplained = _bytes(clue["total"]) - _bytes(clue["reserved"]) - _bytes(clue["free"])
        if unexplained > _OTHERS_SHARE * _bytes(clue["total"]):
            return [clue]
    for clue in clues.all("tf_free"):
        if _bytes(clue["free"]) < _LEFT_SHARE * _bytes(clue["total"]):
            return [clue]
    busy = [clue for clue in clues.all("smi_process") if int(clue["used"]) > 1000]
    full = [
        clue for clue in clues.all("smi_memory") if int(clue["used"]) > 0.7 * int(clue["total"])
    ]
    if full and clues.has("smi_no_process"):
        return full[:1]
    return [*busy, *full[:1]] if busy and full else []


def _bytes(size: str | None) -> float:
    """Return "10.76 GiB" in bytes; 0 for none."""
    if not size:
        return 0.0
    digits = "".join(letter for letter in size if letter.isdecimal() or letter == ".")
    unit = next((letter for letter in size.upper() if letter in _BYTES), "")
    try:
        return float(digits) * _BYTES.get(unit, 1)
    except ValueError:
        return 0.0


RULES: tuple[Rule, ...] = (out_of_memory, little_left, full_for_nobody)
