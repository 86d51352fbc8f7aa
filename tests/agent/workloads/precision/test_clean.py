"""A right device raises no alarm, whatever the data."""

from __future__ import annotations

import dataclasses

import pytest
from agent.workloads.precision.pretended import GPU, Pretended, TensorCore

from accelgui.agent.workloads.precision.cases import Case, plan
from accelgui.agent.workloads.precision.suite import judged
from accelgui.model.precision_events import RowVerdict

# For each of five dtypes.
SEEDS = 200
SMALL = {
    "matmul": ((17, 64), (64, 19)),
    "conv2d": ((1, 7, 6, 4), (3, 3, 4, 5)),
    "attention": ((1, 2, 9, 8),) * 3,
    "sum": ((9, 100),),
    "mean": ((9, 100),),
    "cumsum": ((9, 50),),
    "max_pool": ((1, 7, 7, 3),),
    "average_pool": ((1, 7, 7, 3),),
    "softmax": ((9, 33),),
    "logsumexp": ((9, 33),),
    "layer_norm": ((9, 33), (33,), (33,)),
    "batch_norm": ((2, 3, 3, 5), (5,), (5,)),
    "gather": ((20, 5), (30,)),
    "scatter_add": ((20, 5), (60,), (60, 5)),
    "segment_sum": ((20, 5), (60,), (60, 5)),
    "add": ((500,), (500,)),
    "multiply": ((500,), (500,)),
    "divide": ((500,), (500,)),
    "cast": ((500,),),
    "uniform": ((20_000,),),
    "normal": ((20_000,),),
}


def small(case: Case) -> Case:
    if case.tier in {"special", "entries"}:
        return case
    if case.tier == "projection":
        return dataclasses.replace(case, shapes=((70, 90), (90, 50)))
    return dataclasses.replace(case, shapes=SMALL.get(case.operation, ((500,),)))


@pytest.mark.parametrize("dtype", ["float64", "float32", "tf32", "float16", "bfloat16"])
def test_that_fresh_data_raise_no_alarm(dtype: str) -> None:
    planned = [case for case in plan("quick", (dtype,)) if case.dtype == dtype]
    # Bits repeat here, and edges have no data: both would only take time.
    skipped = {"repeat", "special", "statistics"}
    cases = [small(case) for case in planned if case.tier not in skipped]
    backend = Pretended()
    alarms = [
        (seed, row)
        for seed in range(SEEDS)
        for row in judged(backend, GPU, cases, seed)
        if row.verdict is not RowVerdict.PASSED
    ]
    assert backend.calls >= SEEDS * len(cases)
    assert alarms == []


def test_that_edges_and_random_numbers_of_a_right_device_raise_no_alarm() -> None:
    cases = plan("full", ("float64", "float32", "float16", "bfloat16"))
    chosen = [small(case) for case in cases if case.tier in {"special", "statistics"}]
    rows = [row for seed in range(20) for row in judged(Pretended(), GPU, chosen, seed)]
    assert [row for row in rows if row.verdict is not RowVerdict.PASSED] == []


def test_that_all_shapes_of_the_full_level_pass_on_a_right_device() -> None:
    # One dtype is enough for shapes, and this one skips the many references of float32.
    cases = [case for case in plan("full", ("float16",)) if case.tier != "repeat"]
    rows = list(judged(Pretended(), GPU, cases, seed=0))
    assert len({row.shape for row in rows}) > 30
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
