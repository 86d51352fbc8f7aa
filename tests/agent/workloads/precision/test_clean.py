"""A right device raises no alarm, whatever the data."""

from __future__ import annotations

import dataclasses

import pytest
from agent.workloads.precision.pretended import GPU, Pretended, TensorCore

from accelgui.agent.workloads.precision.cases import Case, plan
from accelgui.agent.workloads.precision.suite import judged
from accelgui.model.events import RowVerdict

SEEDS = 200
SMALL = {
    "matmul": ((17, 64), (64, 19)),
    "conv2d": ((1, 7, 6, 4), (3, 3, 4, 5)),
    "sum": ((9, 100),),
    "softmax": ((9, 33),),
    "exp": ((500,),),
    "log": ((500,),),
    "tanh": ((500,),),
}


def small(case: Case) -> Case:
    return dataclasses.replace(case, shapes=SMALL[case.operation])


@pytest.mark.parametrize("dtype", ["float64", "float32", "tf32", "float16", "bfloat16"])
def test_that_fresh_data_raise_no_alarm(dtype: str) -> None:
    cases = [small(case) for case in plan("quick", (dtype,)) if case.tier != "repeat"]
    backend = Pretended()
    alarms = [
        (seed, row)
        for seed in range(SEEDS)
        for row in judged(backend, GPU, cases, seed)
        if row.verdict is not RowVerdict.PASSED
    ]
    assert backend.calls == SEEDS * len(cases)
    assert alarms == []


def test_that_all_shapes_of_the_full_level_pass_on_a_right_device() -> None:
    # One dtype is enough for shapes, and this one skips the many references of float32.
    cases = [case for case in plan("full", ("float16",)) if case.tier != "repeat"]
    rows = list(judged(Pretended(), GPU, cases, seed=0))
    assert len({row.shape for row in rows}) > len(SMALL)
    assert [row for row in rows if row.verdict is not RowVerdict.PASSED] == []


@pytest.mark.parametrize(("block", "kept_bits"), [(4, 23), (8, 24), (16, 25)])
def test_that_tensor_cores_which_cut_off_raise_no_alarm(block: int, kept_bits: int) -> None:
    dtypes = ("tf32", "float16", "bfloat16")
    shapes = (SMALL["matmul"], ((8, 4096), (4096, 8)), ((40, 256), (256, 40)))
    cases = [Case("matmul", dtype, "bound", shape) for dtype in dtypes for shape in shapes]
    cases += [Case("matmul", d, "exact", ((40, 256), (256, 40))) for d in dtypes]
    cases += [Case("conv2d", d, t, SMALL["conv2d"]) for d in dtypes for t in ("exact", "bound")]
    rows = [
        row for seed in range(10) for row in judged(TensorCore(block, kept_bits), GPU, cases, seed)
    ]
    assert len(rows) == 10 * len(cases)
    assert [row for row in rows if row.verdict is not RowVerdict.PASSED] == []
