"""A right device raises no alarm, whatever the data."""

from __future__ import annotations

import dataclasses

import pytest
from agent.workloads.precision.pretended import GPU, Pretended

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
