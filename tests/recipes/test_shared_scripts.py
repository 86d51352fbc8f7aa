"""Scripts for several devices, and for devices that are not here: they run, or name what exists."""

from __future__ import annotations

import ast
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from agent.real import PYTHON_VARIABLES, python_of

from accelgui.model import techniques
from accelgui.model.requests import FRAMEWORKS, TrainingRequest
from accelgui.recipes import script
from accelgui.words.training import PRECISIONS

# What a script for a GPU says, and what it would say for the CPU.
ON_CPU = {
    "tensorflow": {'"GPU"': '"CPU"', "tf.config.experimental.set_memory_growth(gpu, True)": ""},
    "pytorch": {'"cuda:0"': '"cpu"'},
    "jax": {'jax.devices("gpu")': 'jax.devices("cpu")'},
}
# Documented at docs.pytorch.org/xla, release 2.8; the package is not here.
XLA_NAMES = {
    "torch_xla.device",
    "torch_xla.sync",
    "xr.use_spmd",
    "xr.global_runtime_device_count",
    "xs.Mesh",
    "xs.mark_sharding",
}


def python(framework: str) -> str:
    return python_of(framework) if framework in PYTHON_VARIABLES else sys.executable


def shared(framework: str) -> list[TrainingRequest]:
    return [
        TrainingRequest(
            framework=framework,
            device=device,
            precision=precision,
            execution=execution,
            feeding=feeding,
            strategy=strategy,
        )
        for strategy, device, precision, execution, feeding in itertools.product(
            ("all", "multi-worker"),
            ("auto", "cpu", "tpu:0"),
            PRECISIONS,
            techniques.executions(framework),
            techniques.feedings(framework),
        )
    ]


def last_accuracy(command: list[str], folder: Path) -> float:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    (*_, last) = re.findall(r"accuracy:? ([0-9.]+)", done.stdout)
    return float(last)


def written(request: TrainingRequest, folder: Path, changes: dict[str, str] | None = None) -> str:
    text = script(request).replace("EPOCHS = 5", "EPOCHS = 2")
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "script.py"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_every_strategy_gives_a_script_that_stands_alone(
    framework: str, tmp_path: Path
) -> None:
    for number, request in enumerate(shared(framework)):
        text = script(request)
        compile(text, "script.py", "exec")
        assert "accelgui" not in text.replace(json.dumps(_data_of(text)), "")
        (tmp_path / f"s{number}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,I,E7", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_a_script_for_a_gpu_runs_where_it_is_told_of_a_cpu(
    framework: str, tmp_path: Path
) -> None:
    request = TrainingRequest(framework, device="gpu:0")
    path = written(request, tmp_path, ON_CPU[framework])
    assert last_accuracy([python(framework), path], tmp_path) > 0.5


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_a_script_for_all_devices_runs_on_two(framework: str, tmp_path: Path) -> None:
    request = TrainingRequest(framework, device="cpu", strategy="all", batch_size=128)
    path = written(request, tmp_path)
    launcher = []
    if framework == "pytorch":
        assert "torchrun --standalone --nproc-per-node=2 script.py" in script(request)
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    assert last_accuracy([python(framework), *launcher, path], tmp_path) > 0.5


@pytest.mark.parametrize("framework", ["tensorflow", "jax"])
def test_that_a_script_for_a_tpu_names_only_what_exists(framework: str) -> None:
    module = {"tensorflow": "tf", "jax": "jax"}[framework]
    text = script(TrainingRequest(framework, device="tpu:0"))
    names = {name for name in _dotted(text) if name.startswith(f"{module}.")}
    assert len(names) > 5
    code = f"import {framework} as {module}\nfor name in {sorted(names)}: eval(name)"
    if framework == "jax":
        code = f"import jax.numpy\n{code}"
    done = subprocess.run([python(framework), "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("strategy", ["one", "all"])
def test_that_pytorch_xla_is_called_by_its_documented_names(strategy: str) -> None:
    text = script(TrainingRequest("pytorch", device="tpu:0", strategy=strategy))
    names = {name for name in _dotted(text) if name.startswith(("torch_xla.", "xr.", "xs."))}
    assert len(names) == (2 if strategy == "one" else 6)
    assert names <= XLA_NAMES


def test_that_a_script_for_a_whole_tpu_runs_on_the_stand_in(tmp_path: Path) -> None:
    path = written(TrainingRequest("pytorch", device="tpu:0", strategy="all"), tmp_path)
    stand_in = Path(__file__).parents[1] / "agent/workloads/training/distributed/xla"
    start = f"import sys; sys.path.insert(0, {str(stand_in)!r}); exec(open({path!r}).read())"
    assert last_accuracy([python("pytorch"), "-c", start], tmp_path) > 0.5


def _dotted(text: str) -> set[str]:
    chains = (ast.unparse(n) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Attribute))
    return {chain for chain in chains if re.fullmatch(r"[\w.]+", chain)}


def _data_of(text: str) -> str:
    (path,) = re.findall(r'^DATA = "(.*)"$', text, re.MULTILINE)
    return str(path)
