"""``accelgui train`` and ``accelgui precision``, with the real TensorFlow."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest
from cli.command import Ran, run, start

from accelgui.model.events import TrainingDone, TrainingProgress, WorkDone, decode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("train")
    return run(folder, "train", "--json", "--epochs", "1", "--device", "cpu")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("precision"), "precision", "--json", "--device", "cpu")


def test_that_a_training_on_the_cpu_is_good(trained: Ran) -> None:
    assert trained.code == 0, trained.notes
    assert trained.document["status"] == "finished"
    assert trained.document["parameters"]["epochs"] == 1


def test_that_the_results_of_a_training_are_all_there(trained: Ran) -> None:
    results = trained.document["results"]
    assert 0 < results["loss"] < 10
    assert 0.3 < results["accuracy"] <= 1
    assert 0.3 < results["validation_accuracy"] <= 1
    assert results["samples_per_second"] > 0
    assert results["elapsed_s"] > 0


def test_that_a_right_cpu_passes_the_precision_checks(checked: Ran) -> None:
    document = checked.document
    assert checked.code == 0, document["text"]
    assert document["status"] == "passed"
    for row in document["results"]:
        assert {"operation", "dtype", "verdict", "error", "bound"} <= set(row)
    assert {row["operation"] for row in document["results"]} >= {"matmul", "conv2d", "softmax"}
    assert document["text"].startswith("Computes float64")


def test_that_the_document_carries_all_that_was_found(checked: Ran) -> None:
    document = checked.document
    assert document["fingerprint"]["math_mode"] == "fp32"
    assert document["fingerprint"]["behaves_like"] == ["fused multiply-add"]
    assert document["cost"]["reference_s"] <= 0.4 * document["cost"]["elapsed_s"]
    looked_at = [row["detail"] for row in document["results"] if row["tier"] == "bound"]
    assert all(detail["histogram"] and detail["heat"] for detail in looked_at)
    assert all(detail["reproducer"].startswith('"""') for detail in looked_at)
    assert (document["drift"], document["soak"]) == (None, None)


def test_that_a_soak_ends_when_its_time_is_over(tmp_path: Path) -> None:
    options = ("--level", "soak", "--duration", "2", "--memory-share", "0", "--device", "cpu")
    ran = run(tmp_path, "precision", "--json", *options)
    assert ran.code == 0, ran.notes
    soak = ran.document["soak"]
    assert (soak["mismatches"], soak["memory_bytes"]) == (0, 0)
    assert soak["elements"] > 0
    assert 2 <= soak["elapsed_s"] < 10
    assert {"temperature_celsius", "clock_sm_hz"} <= set(soak["conditions"])
    assert ran.document["text"].startswith("No error: ")


def test_that_json_lines_are_the_events_and_ctrl_c_ends_them_in_order(tmp_path: Path) -> None:
    process = start(tmp_path, "train", "--json-lines", "--epochs", "10000", "--device", "cpu")
    assert process.stdout is not None
    with process:
        events = []
        for line in process.stdout:
            events.append(decode(line))
            if isinstance(events[-1], TrainingProgress) and process.poll() is None:
                process.send_signal(signal.SIGINT)
                asked_s = time.monotonic()
                break
        events += [decode(line) for line in process.stdout]
        code = process.wait(10)
        took_s = time.monotonic() - asked_s
        notes = process.stderr.read() if process.stderr else ""
    assert took_s < 3.5
    assert code == 2
    assert isinstance(events[-1], WorkDone)
    done = [event for event in events if isinstance(event, TrainingDone)]
    assert [event.stopped for event in done] == [True]
    assert "stopped by you" in notes
    assert "Traceback" not in notes


def test_that_a_closed_pipe_ends_the_run_quietly(tmp_path: Path) -> None:
    process = start(tmp_path, "train", "--json-lines", "--epochs", "10000", "--device", "cpu")
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        assert json.loads(process.stdout.readline())["event"] == "Hello"
        process.stdout.close()
        notes = process.stderr.read()
        code = process.wait(30)
    assert code == 2
    assert notes == ""


def test_that_a_wrong_npz_gets_one_line_and_no_traceback(tmp_path: Path) -> None:
    data = tmp_path / "data.npz"
    data.write_bytes(b"not a zip archive")
    ran = run(tmp_path, "train", "--json", "--data", str(data))
    assert ran.code == 2
    assert ran.document["status"] == "failed"
    assert ran.document["results"] is None
    assert "Traceback" not in ran.notes
    assert str(data) in ran.notes.splitlines()[0]
    (finding,) = ran.document["findings"]
    assert finding["code"] == "data_unusable"
    assert finding["parameters"]["fault"] == "no_archive"
    assert finding["parameters"]["file"] == str(data)
    assert "x_train, y_train, x_test and y_test" in finding["remedy"][0]["text"]


def test_that_faults_of_data_are_told_in_the_readers_language(tmp_path: Path) -> None:
    data = tmp_path / "data.npz"
    data.write_bytes(b"PK cut off")
    ran = run(tmp_path, "train", "--language", "zh_CN", "--data", str(data))
    assert ran.code == 2
    assert "its end is missing" not in ran.out
    assert "缺少结尾" in ran.out


def test_that_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ran = run(tmp_path, "precision", "--device", "tpu:7")
    assert ran.code == 2
    assert "It lists: CPU." in ran.out
    assert "tpu:7" in ran.notes.splitlines()[0]


def test_that_a_framework_that_is_absent_comes_with_a_remedy(tmp_path: Path) -> None:
    ran = run(tmp_path, "train", "--framework", "jax")
    assert ran.code == 2
    assert "Traceback" not in ran.notes
    assert "JAX is not installed" in ran.out
    assert "pip install" in ran.out


@pytest.mark.parametrize("mode", [(), ("--ladder",)], ids=str)
def test_that_json_names_the_cause_of_a_failure_and_what_to_do(
    tmp_path: Path, mode: tuple[str, ...]
) -> None:
    ran = run(tmp_path, "train", "--framework", "jax", "--json", *mode)
    assert ran.code == 2
    (finding,) = ran.document["findings"]
    assert finding["code"] == "framework_not_installed"
    assert any("pip install" in (remedy["command"] or "") for remedy in finding["remedy"])


def test_that_code_is_printed_instead_of_training(tmp_path: Path) -> None:
    ran = run(tmp_path, "train", "--print-code", "--framework", "jax", "--model", "lstm")
    assert ran.code == 0
    compile(ran.out, "script.py", "exec")
    assert "import jax" in ran.out


def test_that_no_code_is_printed_for_what_a_framework_lacks(tmp_path: Path) -> None:
    ran = run(tmp_path, "train", "--print-code", "--framework", "jax", "--execution", "graph")
    assert ran.code == 2
    assert ran.notes.strip() == "accelgui: The only compiler of JAX is XLA."


def test_that_json_says_how_many_devices_shared_a_training(tmp_path: Path) -> None:
    options = ("--strategy", "all", "--device", "cpu", "--epochs", "1", "--batch-size", "256")
    ran = run(tmp_path, "train", "--json", *options, ACCELGUI_VIRTUAL_CPU_DEVICES="2")
    assert ran.code == 0, ran.notes
    assert ran.document["parameters"]["strategy"] == "all"
    started = ran.document["device"]
    assert (started["strategy"], started["replicas_count"], started["workers_count"]) == (
        "all",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--workers", "a:1,b:1"), 2, "Workers are for --strategy multi-worker."),
        (("--strategy", "all", "--device", "gpu:0"), 2, "This strategy takes every device"),
        (("--workers", "a"), 64, "“a” is not host:port"),
        (("--worker-index", "-1"), 64, "-1 is not 0 or more"),
    ],
    ids=str,
)
def test_that_a_strategy_that_cannot_be_gets_one_line(
    tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    ran = run(tmp_path, "train", *options)
    assert ran.code == code
    assert words in ran.notes
    assert len(ran.notes.splitlines()) == 1


def test_that_code_for_all_devices_is_printed(tmp_path: Path) -> None:
    ran = run(tmp_path, "train", "--print-code", "--strategy", "all", "--framework", "pytorch")
    assert ran.code == 0
    assert "torchrun --standalone --nproc-per-node=gpu script.py" in ran.out
