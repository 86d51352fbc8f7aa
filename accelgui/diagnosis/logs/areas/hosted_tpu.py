"""TPUs of hosted notebooks, and the workers of those that are elsewhere."""

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
        "tpu_runtime_missing",
        (
            "not connected to a tpu runtime",
            "colab_tpu_addr",
            "no tpu device",
            "tpu not found",
            "tpu devices not found",
            "failed to find tpu",
            "no backend with tpu",
            "cloud_tpu_init failed",
            "missing xla configuration",
            " device found",
            "no tpu chips found",
            "select tpu from edit",
            "insufficient google.com/tpu",
        ),
        r"cloud_tpu_init failed|Missing XLA configuration|TPU initialization failed: No \w+"
        r" device found|backend 'tpu': NOT_FOUND: No \w+ device"
        r"|Not connected to a TPU runtime|KeyError: ['\"]COLAB_TPU_ADDR"
        r"|(?:KeyError|AssertionError|assert)[^\n]{0,60}COLAB_TPU_ADDR|"
        r"No TPU (?:devices?|chips?) (?:was |were "
        r")?found|select TPU from Edit|Insufficient google\.com/tpu|TPU devices? not found|No"
        r" backend with TPU",
    ),
    sign(
        "pjrt_device",
        ("pjrt_device", "pjrt device"),
        r"Expected PJRT_DEVICE|PJRT_DEVICE (?:is )?(?:not set|must be set|environment variable)",
    ),
    sign(
        "tpu_name_missing",
        ("please provide a tpu name", "find any tpu"),
        r"Please provide a TPU Name to connect to"
        r"|(?:Cannot|Could not) find any TPU (?:core|device)",
    ),
    sign(
        "tpu_node",
        (
            "colab_tpu",
            "setup_tpu",
            "xrt_tpu_config",
            "tpu node",
            "tpu_driver",
            "tpu_legacy client",
        ),
        r"jax_xla_backend['\", =]{1,6}tpu_driver"
        r"|Requested backend tpu_driver, but it failed"
        r"|tpu_driver[^\n]{0,40}Failed to open the gRPC"
        r" driver"
        r"|TPU ?Node(?: architecture)?[^\n]{0,60}(?:not supported|no longer|unsupported|deprecated)"
        r"|(?:not support|no longer support|requires? TPU VM)[^\n]{0,60}(?:TPU ?Node|TPU VM)"
        r"|TPU_LEGACY client is no longer|jax\.tools\.colab_tpu|setup_tpu\(\)"
        r"|requires TPU VMs?|XRT_TPU_CONFIG[^\n]{0,60}(?:tpu_worker|grpc)",
    ),
    sign(
        "colab_tpu_needs_vm",
        "tpu vm",
        r"(?:only|jax|requires?)[^\n]{0,40}(?:support|require|work|need)[^\n]{0,30}TPU VMs?",
        says="tpu_node_architecture_unsupported",
    ),
    sign(
        "tpu_worker",
        (
            "tpu_worker",
            "tpu worker",
            "/job:worker",
            "tpu_session",
            "grpc_session",
            "initialize_tpu_system",
            "experimental_connect",
        ),
        None,
    ),
    sign(
        "nodedef",
        (
            "nodedef mentions attr",
            "nodedef expected inputs",
            "op type not registered",
            "check whether your graphdef",
        ),
        r"NodeDef (?:mentions attr|expected inputs)[^\n]{0,60}|Op type not registered '(?P<op>\w+)'"
        r"|GraphDef-interpreting binary",
    ),
    sign("between_workers", "send_device_incarnation", None),
    sign(
        "tpu_versions",
        ("runtime version", "tpu worker", "tpu software version", "requestversion"),
        r"(?:TPU|worker)[^\n]{0,60}(?:version|runtime)[^\n]{0,60}(?:mismatch|does not match|"
        r"different|differs|incompatible)",
        says="tpu_runtime_version_mismatch",
    ),
    # Workers of the first TPUs ran a TensorFlow of their own, which lacked what came later.
    sign(
        "op_unknown_to_worker",
        ("op type not registered", "registered in binary running on"),
        r"Op type not registered '(?:XRT|TPU|Xla)\w*'[^\n]{0,20} in binary running on"
        r"|registered in binary running on [\w-]{1,30}-w-\d",
        says="tpu_runtime_version_mismatch",
    ),
    sign("tpu_platform", "no tpu platform", r"No TPU platform found"),
    sign(
        "tf_no_tpu",
        ("tpu", "tpuclusterresolver"),
        r"(?:Could not find (?:registered )?)?(?:TPU (?:support|device)[^\n]{0,40}not (?:built|"
        r"registered|compiled))|No OpKernel was registered to support Op '(?:Configure"
        r"DistributedTPU|TPU\w*)'|'ConfigureDistributedTPU'[^\n]{0,120}(?:device type: CPU|not"
        r" registered|no registered)|could not satisfy[^\n]{0,60}TPU_SYSTEM",
        says="tensorflow_without_tpu_support",
    ),
)


def hosted(clues: Clues) -> Iterator[Candidate]:
    """A notebook whose runtime has no TPU, or one of the old kind."""
    if clue := clues.first("tpu_runtime_missing"):
        yield likely("tpu_runtime_not_selected", [clue])
        yield possible("tpu_node_architecture_unsupported", [clue])
    elif clue := clues.first("tpu_name_missing"):
        yield likely("tpu_runtime_not_selected", [clue])
        yield possible("tensorflow_without_tpu_support", [clue])
        yield possible("tpu_node_architecture_unsupported", [clue])
    if (clue := clues.first("tpu_node")) and not clues.has("tpu_listed"):
        sure = likely if not clues.has("tpu_runtime_missing") else possible
        yield sure("tpu_node_architecture_unsupported", [clue])


def worker_version(clues: Clues) -> Iterator[Candidate]:
    """The TPU worker runs another TensorFlow and does not know an operation or its attribute."""
    clue = clues.first("nodedef")
    if clue and clues.has("tpu_worker", "tpu_words", "speaks_of_colab", "between_workers"):
        yield likely("tpu_runtime_version_mismatch", [clue])


def tensorflow(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow's usual wheel has no TPU in it."""
    clue = clues.first("tpu_platform")
    if clue is not None and not clues.has("tpu_listed", "jax_fallback"):
        yield likely("libtpu_framework_version_mismatch", [clue])
        yield likely("tensorflow_without_tpu_support", [clue])


RULES: tuple[Rule, ...] = (
    hosted,
    worker_version,
    tensorflow,
)
