"""TPUs: libtpu, torch_xla, the hosted runtimes and the containers around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN = Confidence.CERTAIN

SIGNS = (
    sign("libtpu", "libtpu", None),
    sign("torch_xla", ("torch_xla", "torch-xla", "_xlac"), None),
    sign(
        "tpu_words",
        (
            "tpu initialization",
            "backend 'tpu'",
            "tpu_",
            "/dev/accel",
            "tpu vm",
            "for tpu",
            "type tpu",
            "tpudevice",
        ),
        None,
    ),
    sign(
        "tpu_listed",
        ("tpudevice(id=", "all devices:", "tpu cores", "xla:0", "number of replicas"),
        r"TpuDevice\(id=|device:TPU:\d|\bxla:\d\b",
    ),
    sign("xla_device", "xla:", r"device\(type='xla'|\bxla:\d\b"),
    sign(
        "tpu_pid",
        (
            "already in use by process",
            "already in use by another process",
            "in use by process with pid",
        ),
        r"(?:TPU|libtpu\.so|accelerator) (?:is )?already in use by (?:a )?process"
        r"(?: with pid (?P<pid>\d+))?|already in use by another process",
    ),
    sign(
        "tpu_already",
        "already in use",
        r"libtpu\.so (?:is )?already in used? by"
        r"|TPU[^\n]{0,20} already in use",
    ),
    # Each of several workers of one program says so of the first; a single one says it once.
    sign(
        "tpu_already_each",
        "already in use",
        r"libtpu\.so (?:is )?already in used? by.{1,160}libtpu\.so (?:is )?already in used? by",
    ),
    sign("tpu_owner_unknown", "probably owned by another user"),
    sign(
        "tpu_busy",
        ("device or resource busy", "couldn't open iommu group"),
        r"/dev/(?P<node>vfio/\w+|accel\w+)[^\n]{0,40}Device or resource busy"
        r"|Couldn't open iommu group|Device or resource busy[^\n]{0,60}/dev/(?:vfio|accel)",
    ),
    # Kernels travel in a format that has versions.
    sign(
        "mosaic_version",
        "mosaic module",
        r"deserialize the Mosaic module[^\n]{0,60}version",
        says="libtpu_framework_version_mismatch",
    ),
    sign("no_tpu_platform", "no tpu platform available"),
    sign("no_slice_port", "slicebuilder port", r"could not find SliceBuilder port"),
    sign("tpu_slow", "tpu backend initialization is taking more than"),
    sign("tpu_lock", ("libtpu_lockfile", "libtpu lockfile"), r"libtpu_lockfile|libtpu lockfile"),
    sign(
        "lock_stale",
        ("lsof", "no process", "no running process", "nobody"),
        r"lsof[^\n]{0,60}/dev/(?:accel|vfio)[^\n]{0,40}(?:\n\s*\$|\s*$)|no (?:running |other )?"
        r"process(?:es)?[^\n]{0,30}(?:using|use|uses|holding|holds|found)",
    ),
    sign("gvisor", ("gvisor", "runsc", "tpuproxy", "starting gvisor"), None),
    sign(
        "tpu_metadata",
        ("ipv6 loopback", "failed to get tpu metadata", "metadata.google.internal", "tpu-env"),
        r"does not have an IPv6 loopback|Failed to get TPU metadata"
        r"|metadata\.google\.internal[^\n]{0,200}(?:refused|timed out|"
        r"unreachable|Max retries|404|Failed|resolve)|404[^\n]{0,40}metadata\.google\.internal"
        r"[^\n]{0,60}tpu-env",
    ),
    sign(
        "metadata_404",
        "404",
        r"404[^\n]{0,80}metadata\.google\.internal|tpu-env[^\n]{0,40}404"
        r"|computeMetadata[^\n]{0,60}404",
    ),
    sign(
        "tpu_connect",
        ("failed to connect to", "failed to establish"),
        r"TPU initialization failed: Failed to (?:connect to|establish [^\n]{0,40}channel to)"
        r" (?P<address>\[?[\w:.]*\]?:\d+)"
        r"|failed to connect to all addresses[^\n]{0,120}:847[016]\b"
        r"|Failed to connect to \[::\]:8\d{3}",
    ),
    sign(
        "host_network",
        ("--net=host", "--network=host", "--network host", "--net host", "hostnetwork"),
        None,
    ),
    sign(
        "tpu_addresses",
        (
            "worker_addresses",
            "slice_builder",
            "tpu_process_addresses",
            "process_bounds",
            "tpu_worker_hostnames",
            "host_bounds",
            "chips_per_process",
        ),
        r"Invalid --\w*(?:slice_builder_)?worker_addresses specified|Expected \d+ worker addresses,"
        r" got \d+|(?P<variable>TPU_\w+)[^\n]{0,60}(?:invalid|does not match|mismatch|inconsistent|"
        r"must|wrong|conflict)|(?:invalid|mismatch)[^\n]{0,60}(?P<variable2>TPU_(?:PROCESS|CHIPS|"
        r"WORKER|HOST|VISIBLE)\w+)",
        says="tpu_env_var_wrong",
    ),
    sign(
        "tpu_addresses_sure",
        ("worker addresses", "from env var tpu_"),
        r"Expected \d+ worker addresses, got \d+|unexpected [^\n]{1,200} from env var TPU_\w+",
        says="tpu_env_var_wrong",
        confidence=_CERTAIN,
    ),
    sign(
        "libtpu_missing",
        ("libtpu", "tpu library"),
        r"(?:Failed to open|could not (?:open|load|find)|cannot find|unable to (?:open|load|find))"
        r" [\w/.-]*libtpu\.so|libtpu\.so(?:\.\d)?: cannot open shared object"
        r"|libtpu(?:\.so)? (?:is )?not (?:found|installed)|No module named ['\"]libtpu"
        r"|TPU library (?:was )?not found",
    ),
    sign(
        "jax_tpu_absent", "google tpu may be present", r"Google TPU may be present on this machine"
    ),
    sign(
        "libtpu_old",
        (
            "libtpu",
            "get_library_path",
            "get_tpu_client",
            "tpu_api",
            "not available in this library",
        ),
        r"module 'libtpu' has no attribute|(?:Runtime|Attribute)Error: [^\n]{0,100}'get_tpu_client'"
        r"|libtpu[^\n]{0,60}(?:too old|too new|newer than|older"
        r" than|incompatible|not compatible|version mismatch|undefined symbol)|Unexpected"
        r" (?:TpuExecutor|PJRT)\w* size|\bTpu\w+ not available in this library|TPU initialization"
        r" failed: [^\n]{0,60}version",
        says="libtpu_framework_version_mismatch",
    ),
    sign(
        "xlac",
        ("_xlac", "torch_xla"),
        r"_XLAC[\w.-]*[^\n]{0,20}: undefined symbol|torch_xla[^\n]{0,200}undefined symbol"
        r"|undefined symbol[^\n]{0,160}torch_xla",
        says="torch_xla_version_mismatch",
        confidence=_CERTAIN,
    ),
    sign("xla_versions", "torch", r"torch[-_]xla +(?P<xla>\d+\.\d+)[\w.+]*"),
    sign("torch_versions", "torch", r"(?:^|\s)torch +(?P<torch>\d+\.\d+)[\w.+]*"),
    sign(
        "xla_requires",
        "torch-xla",
        r"torch[-_]xla [\d.]+ requires torch==(?P<wanted>[\d.]+)"
        r"[^\n]{0,40} but you have torch (?P<found>[\d.]+)",
        says="torch_xla_version_mismatch",
    ),
    sign(
        "tpu_denied",
        ("couldn't open device", "/dev/accel", "/dev/vfio"),
        r"Couldn't open device: (?P<node>/dev/(?:accel|vfio/)\w+) \(Operation not permitted\)"
        r"|(?P<node2>/dev/(?:accel\d|vfio/\w+))[^\n]{0,40}(?:Permission denied|Operation not"
        r" permitted)",
    ),
    sign(
        "tpu_no_nodes",
        ("/dev/accel", "/dev/vfio"),
        r"/dev/(?:accel\d?|vfio(?:/\w+)?)[^\n]{0,30}: No such file or directory"
        r"|open\(/dev/(?:accel|vfio)[^\n]{0,30}\): No such file",
    ),
    sign(
        "metrics",
        ("metrics unavailable", "metrics_ports", "libtpu metrics"),
        r"metrics (?:are )?unavailable|Is there a framework using the TPU"
        r"|start a workload with [`'\"]?TPU_RUNTIME_METRICS_PORTS",
        says="tpu_metrics_need_running_workload",
        confidence=_CERTAIN,
    ),
    sign(
        "siblings",
        ("libtpu", "core/common_runtime"),
        r"libtpu\.so (?:is )?already (?:in used?|loaded)[^\n]{0,40}(?:another|sibling)? ?process",
    ),
)


def held(clues: Clues) -> Iterator[Candidate]:
    """Somebody holds the chip; a left-over lock, or a sandbox, makes it look so."""
    clue = clues.first("tpu_pid", "tpu_already", "tpu_busy")
    lock = clues.first("tpu_lock")
    said = clue.text.lower() if clue else ""
    if clues.has("tpu_denied") and ("not permitted" in said or "permission denied" in said):
        return
    if clue is None:
        if lock and not clues.has("tpu_listed"):
            stale = clues.first("lock_stale")
            yield likely("tpu_lockfile_stale", [lock, *([stale] if stale else [])])
            yield possible("tpu_held_by_other_process", [lock])
        return
    pid = clues.value("tpu_pid", "pid")
    works = clues.first("tpu_listed", "gpu_computes")
    if (
        works
        and clue.sign != "tpu_busy"
        and not pid
        and works.line > clue.line
        and (clues.has("torch_xla"))
    ):
        yield certain("multi_process_tpu_notice", [clue, works])
    elif clues.has("tpu_already_each") and not clues.has("trouble_words", "jax_fallback"):
        yield likely("multi_process_tpu_notice", [clue])
    elif sandbox := clues.first("gvisor"):
        yield likely("sandbox_keeps_tpu_open", [clue, sandbox])
        yield possible("tpu_held_by_other_process", [clue])
    elif clues.has("lock_stale") or (lock and not pid and clue.sign != "tpu_busy"):
        yield likely("tpu_lockfile_stale", [clue, *([lock] if lock else [])])
        yield likely("tpu_held_by_other_process", [clue])
    elif clues.has("tpu_owner_unknown") and not pid:
        # Libtpu found the lock and no process whose it is.
        yield likely("tpu_lockfile_stale", [clue])
        yield likely("tpu_held_by_other_process", [clue])
    else:
        yield (certain if pid else likely)("tpu_held_by_other_process", [clue], pid=pid)
        yield possible("tpu_lockfile_stale", [clue])
        if clue.sign == "tpu_busy":
            yield possible("sandbox_keeps_tpu_open", [clue])


def isolated(clues: Clues) -> Iterator[Candidate]:
    """Libtpu asks the machine's metadata server and its siblings, which containers cut off."""
    clue = clues.first("tpu_connect", "tpu_metadata")
    if clue is None or clues.has("tpu_listed"):
        return
    if clues.has("metadata_404"):
        yield likely("tpu_node_architecture_unsupported", [clue])
        yield possible("tpu_runtime_not_selected", [clue])
        yield possible("tpu_container_network_isolated", [clue])
    else:
        yield likely("tpu_container_network_isolated", [clue])
        yield possible("tpu_env_var_wrong", [clue])


def waiting(clues: Clues) -> Iterator[Candidate]:
    """Libtpu waits for the other workers of a slice, which may not run."""
    if (clue := clues.first("tpu_slow")) and not clues.has("tpu_listed", "tpu_busy", "tpu_pid"):
        yield likely("probe_timed_out", [clue], what="libtpu")
        yield possible("tpu_env_var_wrong", [clue])
        yield possible("tpu_held_by_other_process", [clue])


def without_chips(clues: Clues) -> Iterator[Candidate]:
    """Libtpu is there and sees no chip: none attached, none for this user, or one that is held."""
    if (clue := clues.first("no_tpu_platform")) and not clues.has(
        "tpu_busy", "tpu_pid", "tpu_denied"
    ):
        yield likely("device_nodes_missing", [clue], nodes="/dev/accel*", kind="tpu")
        yield possible("tpu_held_by_other_process", [clue])
        yield possible("wrong_jax_platform_name", [clue], value="tpu")


def addresses(clues: Clues) -> Iterator[Candidate]:
    """The addresses of the workers are set, and hold no port; some workloads do without."""
    if (clue := clues.first("no_slice_port")) and not clues.has("tpu_listed"):
        yield likely("tpu_env_var_wrong", [clue])
        yield possible("tpu_container_network_isolated", [clue])


def library(clues: Clues) -> Iterator[Candidate]:
    """Libtpu is absent where a TPU is wanted; elsewhere its absence is said in passing."""
    if clue := clues.first("jax_tpu_absent"):
        sure = possible if clues.has("libtpu_old") else likely
        yield sure("libtpu_library_missing", [clue])
        return
    clue = clues.first("libtpu_missing")
    fatal = clues.values("backend_fatal", "backend")
    probed = {seen.line for seen in clues.all("backend") if seen["backend"] not in fatal}
    if clue is None or clue.line in probed or clues.has("gpu_listed", "tpu_listed"):
        return
    if clues.has("libtpu_old"):
        yield possible("libtpu_library_missing", [clue])
    else:
        yield likely("libtpu_library_missing", [clue])


def nodes(clues: Clues) -> Iterator[Candidate]:
    """Device files of the chips: not there, or not for this user or container."""
    if clue := clues.first("tpu_denied"):
        node = clue["node"] or clue["node2"]
        yield likely("device_permission_denied", [clue], nodes=node, kind="tpu")
        yield possible("tpu_held_by_other_process", [clue])
    if clue := clues.first("tpu_no_nodes"):
        yield likely("device_nodes_missing", [clue], nodes="/dev/accel*", kind="tpu")


def releases(clues: Clues) -> Iterator[Candidate]:
    """Torch and torch_xla are of one release, or do not fit."""
    xla, torch = clues.value("xla_versions", "xla"), clues.value("torch_versions", "torch")
    if xla and torch and xla != torch and not clues.has("tpu_listed"):
        shown = [*clues.all("torch_versions")[:1], *clues.all("xla_versions")[:1]]
        yield likely("torch_xla_version_mismatch", shown)


RULES: tuple[Rule, ...] = (
    held,
    isolated,
    waiting,
    without_chips,
    addresses,
    library,
    nodes,
    releases,
)
