"""The gist of complaints whose wording nobody foresaw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.diagnosis.logs import explain
from accelgui.diagnosis.logs.codes import PLACES
from accelgui.diagnosis.logs.gist import Ends, grasp
from accelgui.diagnosis.logs.gist.causes import ROWS
from accelgui.diagnosis.logs.gist.complaints import COMPLAINTS
from accelgui.diagnosis.logs.gist.subjects import SUBJECTS
from accelgui.diagnosis.logs.reading import Piece, pieces
from accelgui.model.finding import Confidence

# In words that no program has, as far as we know.
UNFORESEEN = {
    "gridrun: fatal: MIG is turned on but no MIG devices are there to be given": (
        "mig_enabled_without_instances"
    ),
    "frobnicator: error: the cuDNN it was given does not match, an incompatible one": (
        "cudnn_version_mismatch"
    ),
    "watchdog error: asking nvidia-smi timed out twice": "probe_timed_out",
    "spawn error: opening /dev/nvidia3: Permission denied": "device_permission_denied",
    "worker fatal: libtpu is missing from this image": "libtpu_library_missing",
    "trainer error: the binary was not built with CUDA": "cpu_only_build",
    "health error: clocks event due to thermal violation": "thermal_throttling",
    "loader error: cannot locate libdevice under /opt": "libdevice_not_found",
    "fatal: chip TPU v5 is busy, already in use by pid 88": "tpu_held_by_other_process",
    "error: NumPy was built against a binary incompatible ABI": "numpy_abi_incompatible",
    "RuntimeError: the card needs sm_120, unsupported here": "gpu_arch_not_in_build",
    "boot error: secure boot: signature of nvidia.ko is rejected": "secure_boot_rejects_module",
}

NO_COMPLAINT = (
    "INFO found driver 550 and libcuda; could not find a faster path",
    "Your GPU memory: 80 GiB, in use: 3 GiB",
    "If your driver is too old, update your driver.",
    "HW Thermal Slowdown : Not Active",
    "$ cat /dev/nvidia0: permission denied",
    "epoch 3 loss 0.25 on cuda:0",
    "",
)


def gist(text: str) -> list[str]:
    return [candidate.code for candidate in grasp(list(enumerate(text.split("\n"), 1)))]


@pytest.mark.parametrize(("line", "code"), UNFORESEEN.items(), ids=UNFORESEEN.values())
def test_that_a_new_wording_is_understood_by_its_parts(line: str, code: str) -> None:
    assert gist(line)[0] == code


@pytest.mark.parametrize("line", NO_COMPLAINT)
def test_that_naming_a_part_is_no_complaint(line: str) -> None:
    assert gist(line) == []


def test_that_a_gist_is_never_certain_and_cites_its_line() -> None:
    findings = explain("started\nworker fatal: libtpu is missing from this image\n").findings

    assert findings[0].code == "libtpu_library_missing"
    assert all(finding.confidence is not Confidence.CERTAIN for finding in findings)
    assert findings[0].evidence[0].line == 2


def test_that_what_a_sign_recognises_is_left_to_it() -> None:
    known = "NVRM: GPU at PCI:0000:3b:00: GPU has fallen off the bus."
    unforeseen = next(iter(UNFORESEEN))

    codes = [finding.code for finding in explain(f"{unforeseen}\n{known}\n").findings]

    assert codes[0] == "gpu_fell_off_bus"


def test_that_a_message_over_several_lines_is_one() -> None:
    ends = Ends()
    for piece in pieces([b"kernel: NVRM: the GPU is not\nkernel: NVRM: supported by this\nnext"]):
        ends.take(piece)

    assert ends.lines()[0] == (1, "kernel: NVRM: the GPU is not supported by this")


def test_that_of_a_long_log_the_beginning_and_the_end_are_kept() -> None:
    ends = Ends()
    first = 1
    for part in (
        "first words\n",
        *(f"{'x' * 60}{chr(97 + n % 26)}\n" * 900 for n in range(8)),
        "z\n",
    ):
        ends.take(Piece(part, first, len(part)))
        first += part.count("\n")

    kept = ends.lines()

    assert kept[0] == (1, "first words")
    assert kept[-1] == (first - 1, "z")


def test_that_the_table_speaks_of_what_there_is() -> None:
    for row in ROWS:
        assert row.code in PLACES
        assert {*row.parts, *row.elsewhere} <= SUBJECTS.keys()
        assert set(row.complaints) <= COMPLAINTS.keys()


@given(st.lists(st.sampled_from([*UNFORESEEN, "n't ", "expected", "no a", "\x00"]), max_size=40))
def test_that_any_lines_have_a_gist_of_known_causes(lines: list[str]) -> None:
    codes = [candidate.code for candidate in grasp(list(enumerate(lines, 1)))]

    assert len(codes) <= 4
    assert set(codes) <= PLACES.keys()
