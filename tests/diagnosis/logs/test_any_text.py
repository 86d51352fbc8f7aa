"""Whatever is given: an answer, in time, that harms nobody."""

from __future__ import annotations

import re
import shlex
import time
from typing import TYPE_CHECKING

import pytest
from diagnosis.logs.corpus_of_logs import made_logs
from hypothesis import given, settings
from hypothesis import strategies as st

from accelgui.diagnosis.logs import explain
from accelgui.diagnosis.logs.areas import SIGNS
from accelgui.diagnosis.logs.codes import PLACES
from accelgui.model.finding import Confidence, Finding
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.signs import Sign

_NEEDLES = sorted({needle for sign in SIGNS for needle in sign.needles})
_ANY_LINE = st.lists(
    st.one_of(
        st.sampled_from(_NEEDLES),
        st.text(max_size=30),
        st.from_regex(r"[\d.:/\\'\"$`;|& -]{0,20}", fullmatch=True),
    ),
    max_size=30,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(_ANY_LINE, max_size=12).map("\n".join))
def test_that_any_text_is_answered_in_words(text: str) -> None:
    for finding in explain(text, "x.log").findings:
        assert describe(finding).title
        for shown in finding.evidence:
            assert shown.line is not None
            assert 1 <= shown.line <= text.count("\n") + 1
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown.text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000))
def test_that_any_bytes_are_answered(data: bytes) -> None:
    explain(data)


@pytest.mark.parametrize("sign", [s for s in SIGNS if s.expression], ids=lambda sign: sign.name)
def test_that_no_expression_blows_up(sign: Sign) -> None:
    assert sign.expression is not None
    alphabet = "aA0 .:/-_'\"()[]=,|"
    worst = [character * 1100 for character in alphabet]
    worst += [(needle + " ") * (1100 // (len(needle) + 1)) for needle in sign.needles]
    worst += [f"{needle} " + "a.b/c-1 " * 130 for needle in sign.needles]
    started = time.perf_counter()
    for window in worst:
        sign.expression.search(window)
    assert time.perf_counter() - started < 0.05 * len(worst)


def test_that_repeated_words_are_tried_once() -> None:
    message = b"RuntimeError: CUDA error: uncorrectable ECC error encountered\n"
    text = b"nvidia-smi cuda error gpu libcuda.so xid version: nothing\n" * 100_000
    explained = explain(text + message)
    assert explained.coverage.is_complete
    assert explained.findings[0].code == "gpu_hardware_fault_ecc"


@pytest.mark.parametrize("code", sorted(PLACES))
def test_that_sentences_of_an_unknown_framework_begin_with_a_capital(code: str) -> None:
    place = PLACES[code]
    parameters = {"framework": "unknown", "libraries": "libcudart.so.12"}
    words = describe(Finding(code, *place, Confidence.LIKELY, (), parameters))
    for said in (words.title, words.cause, *(remedy.text for remedy in words.remedies)):
        assert not re.search(r"(?:^|[.:] )the framework", said)
        assert "older the framework" not in said


def test_that_a_cause_behind_much_else_is_found_in_its_line() -> None:
    filler = b"epoch 3 step 77 loss 0.25\n" * 500_000
    log = filler + b"NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\n" + filler
    first = explain(iter([log[:5_000_000], log[5_000_000:]])).findings[0]
    assert first.code == "gpu_fell_off_bus"
    assert first.evidence[0].line == 500_001


def test_that_a_message_across_two_blocks_is_found() -> None:
    text = b"x\n" * 5000 + b"AssertionError: Torch not compiled with CUDA enabled\n"
    for cut in (10_010, 10_030, 10_050):
        found = explain(iter([text[:cut], text[cut:]])).findings
        assert [finding.code for finding in found] == ["cpu_only_build"]


def test_that_lines_broken_by_a_terminal_are_read_as_one() -> None:
    text = (
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic "
        "library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file\n"
        "W tensorflow/core/common_runtime/gpu/gpu_device.cc:1850] Cannot dlopen some GPU"
        " libraries. Please make sure the missing libraries mentioned above are installed.\n"
    )
    broken = "\n".join(
        line[at : at + 80] for line in text.splitlines() for at in range(0, len(line), 80)
    )
    first = explain(broken).findings[0]
    assert first.code == "cuda_library_not_found"
    assert first.parameters["libraries"] == "libcudart.so.11.0"


_HOSTILE = "$(touch /tmp/x)`id`;rm -rf ~;'\"<b>|&"


def test_that_no_log_gets_into_a_command() -> None:
    for log in made_logs():
        hostile = re.sub(r"(/home/|/usr/|/opt/|lib)(\w+)", rf"\1{_HOSTILE}\2", log.text)
        for finding in explain(hostile).findings:
            for remedy in describe(finding).remedies:
                if remedy.command and "rm -rf ~" in remedy.command:
                    words = shlex.split(remedy.command)
                    assert any("rm -rf ~" in word for word in words)
                    assert "rm" not in words


def test_that_no_name_of_a_file_gets_at_the_terminal() -> None:
    first = explain("RuntimeError: CUDA out of memory", "\x1b[2J\u202egol.x\n").findings[0]
    assert first.evidence[0].source == "?[2J?gol.x?"
