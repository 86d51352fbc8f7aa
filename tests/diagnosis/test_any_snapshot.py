"""Whatever a snapshot holds, it is judged, worded and never raises."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accelgui.diagnosis import examine
from accelgui.model.chain import CHAINS, Link, LinkStatus
from accelgui.model.finding import Severity, Verdict, VerdictStatus
from accelgui.model.snapshot import (
    CallResult,
    DeviceNode,
    Framework,
    FrameworkDevice,
    Host,
    Library,
    Machine,
    Nvidia,
    OperationResult,
    PciDevice,
    PythonFacts,
    Snapshot,
    Tpu,
    TpuChip,
)
from accelgui.model.wire import from_json, to_json
from accelgui.words.findings import TEXTS, describe
from accelgui.words.verdicts import sentence

texts = st.sampled_from([
    "", "gpu:0", "cpu", "tpu:0", "10de", "nvidia", "vfio-pci", "nouveau", "docker", "9.0", "12.5.1",
    "/dev/nvidia0", "/dev/dxg", "libcuda.so.1", "sm_90,compute_90", "True", "False", "x\ny", "{}",
    "CUDA_ERROR_OUT_OF_MEMORY", "Cannot dlopen some GPU libraries", "killed by signal 4", "-1",
    "Could not load dynamic library 'libcudnn.so.9'; dlerror", "{name}", "☃", "$(reboot)",
    "not_loaded",
])  # fmt: skip
names = texts | st.text(max_size=12)
codes = st.sampled_from([None, 0, 4, 9, 12, 15, 17, 18, 34, 46, 100, 802, 803, 804, 999, -7])
calls = st.builds(
    CallResult,
    call=st.sampled_from(["nvmlInit", "cuInit", "x"]),
    code=codes,
    name=st.none() | names,
    message=st.none() | names,
    library_path=st.none() | names,
    timed_out=st.booleans(),
)
few = {"max_size": 3}


def tuples(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, **few).map(tuple)


optional = st.none() | names
some_nodes = tuples(st.builds(DeviceNode, names, st.booleans(), st.booleans(), optional))
variables = st.dictionaries(
    st.sampled_from(["CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS", "TPU_NAME"]), names, **few
)
hosts = st.builds(
    Host, names, st.sampled_from(["Linux", "Windows", "Darwin"]), names, names,
    os_id=optional, container=optional, wsl=st.booleans(), secure_boot=st.none() | st.booleans(),
    environment=variables,
)  # fmt: skip
pci = st.builds(PciDevice, names, names, names, names, driver=optional, runtime_status=optional)
nvidias = st.builds(
    Nvidia,
    module_loaded=st.none() | st.booleans(),
    module_version=optional,
    uvm_loaded=st.none() | st.booleans(),
    installed_driver_version=optional,
    module_on_disk_path=optional,
    module_on_disk_version=optional,
    nodes=some_nodes,
    nvml=st.none() | calls,
    nvml_device_count=st.none() | st.integers(0, 8),
    cuda=st.none() | calls,
    cuda_version=optional,
    cuda_device_count=st.none() | st.integers(0, 8),
)
chips = st.builds(TpuChip, names, names, names, optional, st.none() | st.integers(), optional)
tpus = st.builds(
    Tpu, tuples(chips), some_nodes, variables, libtpu_path=optional, lockfile_path=optional
)
machines = st.builds(
    Machine, hosts, tuples(pci), nvidias, tpus, tuples(st.builds(Library, names, names, names)),
    problems=tuples(calls),
)  # fmt: skip
operations = st.builds(
    OperationResult, names, st.booleans(), st.none() | st.booleans(), optional, error=optional
)
frameworks = st.builds(
    Framework,
    st.sampled_from(["tensorflow", "pytorch", "jax"]),
    installed=st.none() | st.booleans(),
    version=optional,
    distribution=optional,
    imported=st.none() | st.booleans(),
    import_error=optional,
    timed_out=st.booleans(),
    build=st.dictionaries(
        st.sampled_from(["is_cuda_build", "cuda_version", "compute_capabilities"]), names, **few
    ),
    devices=tuples(st.builds(FrameworkDevice, names, names, optional, optional)),
    operations=tuples(operations),
    log=tuples(names),
)
pythons = st.builds(PythonFacts, names, names, names, is_conda=st.booleans())
snapshots = st.builds(
    Snapshot, st.just("now"), st.none() | machines, st.none() | pythons, tuples(frameworks)
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots, st.sampled_from([None, "tensorflow", "jax"]))
def test_that_any_snapshot_is_judged_and_worded(snapshot: Snapshot, framework: str | None) -> None:
    verdict = examine(snapshot, framework)
    assert tuple(state.link for state in verdict.chain) == CHAINS[verdict.accelerator]
    assert sentence(verdict, snapshot)
    for finding in verdict.findings:
        assert finding.code in TEXTS
        text = describe(finding)
        assert text.title
        assert text.cause
    assert from_json(Verdict, json.loads(json.dumps(to_json(verdict)))) == verdict


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots)
def test_that_accelerated_means_proven_and_unbroken(snapshot: Snapshot) -> None:
    verdict = examine(snapshot)
    if verdict.status is VerdictStatus.ACCELERATED:
        assert verdict.device is not None
        assert all(finding.severity is Severity.INFO for finding in verdict.findings)
    if verdict.device is None:
        assert verdict.status not in {VerdictStatus.ACCELERATED, VerdictStatus.DEGRADED}
        broken = {state.link for state in verdict.chain if state.status is LinkStatus.BROKEN}
        assert len(broken - {Link.NVML}) <= 1
