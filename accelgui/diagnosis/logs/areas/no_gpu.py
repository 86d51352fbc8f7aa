"""Programs that were given no GPU, and machines that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "false",
        ("is_available", "cuda available", "cuda is available"),
        r"cuda\.is_available\(\)\)?\s*False\b|[Cc]uda available: ?(?:False|No\b)"
        r"|torch\.cuda\.is_available\(\) (?:is|returns|=|==) False",
    ),
    sign(
        "gpu_wanted",
        (
            "not able to use gpu",
            "is_available() is false",
            "but your machine only has",
            "can only be used on cuda",
            "acceleratornot available",
            "accelerator can not run on your system",
            "invalid cuda 'device=",
            "not supported by xla service",
            "available devices are",
            "cuda is not available",
            "cuda is unavailable",
            "cuda not available",
            "cuda is required but",
            "cuda requested but",
            "requires cuda",
            "requires a gpu",
            "requires a cuda",
            "no visible gpu is found",
            "defaulting to cpu",
            "failed to infer device type",
            "no gpu available",
            "no gpu is available",
            "gpu is not available",
            "gpu not available",
            "cuda device is not available",
            "no cuda runtime is found",
            "no hip gpus",
            "no valid cuda device",
            "no gpu or tpu",
            "no available gpu",
            "device string: cuda",
            "no cuda gpu",
            "matching devices exist",
            "no gpus detected",
            "supports nhwc",
            "supports the nhwc",
            "not implemented for 'half'",
            "no known devices",
            "support op 'cudnn",
            "ensure pytorch with cuda",
            "cuda environment is not correctly",
            "gpu backend not available",
            "gpu backend is not available",
            "cannot use gpu",
            "cuda extension not installed",
            "gpu is required",
        ),
        # Tests that are skipped and source code say the same, and mean nothing by it.
        r"^(?:(?!SKIP|raise \w)[^\n])*?(?:"
        r"is not able to use GPU|torch\.cuda\.is_available\(\) is False|But your machine only"
        r" has: \[\]"
        r"|can only be used on CUDA\b|CUDAAccelerator can ?not run on your system"
        r"|Invalid CUDA 'device=|device CUDA:\d not supported by XLA"
        r"|explicitly assigned to /(?:device|job)[^\n]{0,60}GPU:\d[^\n]{0,60}available devices are"
        r"|CUDA (?:is )?(?:not available|unavailable|required but|requested but)"
        r"|requires (?:a |an )?(?:NVIDIA |CUDA |CUDA-capable |CUDA-enabled )?GPU(?! drivers?)"
        r"|No visible GPU is found|defaulting to CPU|Failed to infer device type"
        r"|no GPU (?:is )?available|GPU (?:device )?(?:is )?not available|No CUDA runtime is found"
        r"|No HIP GPUs are available|no valid CUDA device|CUDA device is not available"
        r"|No available GPU|no matching devices exist"
        r"|supports (?:the )?NHWC[^\n]{0,40} CPU"
        r"|_cpu_?['\"] not implemented for 'Half'|Device mapping: no known devices"
        r"|to support Op 'Cudnn\w+'[^\n]{0,120}devices: \[CPU\]|no GPUs detected|Ensure PyTorch"
        r" with CUDA support|CUDA environment is not correctly"
        r" set up|GPU backend (?:is )?not"
        r" available|Cannot use GPU|CUDA extension not"
        r" installed|GPU is required)",
    ),
    sign(
        "no_gpu_list",
        (
            "list_physical_devices",
            "num gpus available",
            "gpu available",
            "is_gpu_available",
            "get_available_gpus",
            "gpu_device_name",
        ),
        r"list_physical_devices\(['\"]GPU['\"]\)\)?[\"' #)]{0,4}(?:(?:displays?|returns?|gives?"
        r"|prints?|"
        r"shows?|is|=+>?|->|:) ?(?:an empty list ?)?)?\s*\[\]|Num GPUs Available: *0"
        r"|GPU available\?? ?:? *\[\]"
        r"|is_gpu_available\(\)\)? ?False|get_available_gpus\(\)\)? ?\[\]",
    ),
    # Programs that go on without a GPU and do not say why.
    sign(
        "cpu_used",
        (
            "faster with a gpu",
            "available: false",
            "gpu: false",
            "cuda: false",
            "expected a cuda device",
            "returned false",
            "library=cpu",
            "offloaded 0/",
            "gpu dependency libraries",
            "not be used",
            "should be true but is false",
            "initialize cuda: (null)",
            "found: cpu",
        ),
        r"much faster with a GPU|\b(?:GPU|CUDA)(?: is)?(?: available)?: ?False\b"
        r"|Expected a cuda device, but got: cpu"
        r"|is_available\(\)? (?:returned|should be True but is) False"
        r"|inference compute[^\n]{0,30} library=cpu\b|offloaded 0/\d+ layers to GPU"
        r"|unable to locate gpu dependency libraries|GPU will not be used"
        r"|failed to initialize CUDA: \(null\)",
    ),
    # What TensorFlow lists where it has nothing but the CPU.
    sign(
        "only_cpu_listed",
        "device:cpu:0",
        r"^(?:(?!:GPU:\d|:TPU:\d).)*device:CPU:0['\"](?:(?!:GPU:\d|:TPU:\d).)*$",
    ),
    sign("torch_no_gpus", "no cuda gpus are available", r"No CUDA GPUs are available"),
    sign(
        "plain_display",
        ("vga compatible", "display controller"),
        r"(?:VGA compatible controller|Display controller)[^\n]{0,12}: (?:VMware|Cirrus|Matrox"
        r"|ASPEED|"
        r"Red Hat|QXL|Virtio|Bochs|Hyper-V|Microsoft|Amazon|XGI|InnoTek|Technical Corp)",
    ),
    sign(
        "no_gpu_for_installer",
        "do not appear to have an nvidia",
        r"You do not appear to have an NVIDIA GPU supported",
        says="no_accelerator_present",
    ),
    sign(
        "no_gpu_stated",
        (
            "no nvidia gpu",
            "no gpu found",
            "no gpus found",
            "no gpu detected",
            "no cuda gpu",
            "no gpu device",
            "no nvidia devices",
            "no compatible gpu",
            "no usable gpu",
            "no supported gpu",
            "no cuda devices",
            "no gpu to monitor",
            "find any nvidia",
            "find any gpu",
            "detect any gpu",
        ),
        r"(?:unable to|could not|cannot|can't|did(?:n't| not)) (?:find|detect) any (?:NVIDIA |CUDA"
        r" )?(?:GPU|device)|No GPU to monitor|\bno (?:NVIDIA |CUDA |supported |compatible "
        r"|usable )?(?:GPU|device)"
        r"(?:s|\(s\))? (?:was |were |is |are )?(?:found|detected|discovered|present|device)",
        says="no_accelerator_present",
        confidence=Confidence.POSSIBLE,
    ),
)


def no_card(clues: Clues) -> Iterator[Candidate]:
    """The bus shows the display adapter of a server or a virtual machine, and no GPU."""
    clue = clues.first("plain_display")
    said = clues.first("false", "no_gpu_list", "gpu_wanted", "gpu_missing_package", "no_contact")
    if clue and said and not clues.has("lspci_nvidia", "smi", "smi_gpu"):
        yield likely("no_accelerator_present", [clue, said])


def no_gpus_for_torch(clues: Clues) -> Iterator[Candidate]:
    """PyTorch's build and driver are well, and no GPU is left to see."""
    clue = clues.first("torch_no_gpus")
    if clue is None or clues.has("visible_hides"):
        return
    smi = clues.first("smi", "smi_gpu")
    if clues.has("colab") and not smi:
        # Hosted notebooks have a GPU if one was chosen.
        yield likely("no_accelerator_present", [clue])
    yield likely("wrong_cuda_visible_devices", [clue, *([smi] if smi else [])])
    yield possible("container_started_without_gpus", [clue])
    if not smi:
        yield possible("no_accelerator_present", [clue])


RULES: tuple[Rule, ...] = (
    no_card,
    no_gpus_for_torch,
)
