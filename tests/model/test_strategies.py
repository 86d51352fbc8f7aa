"""Which strategies can be, and that all that cannot has words."""

from __future__ import annotations

import pytest

from accelgui.agent.workloads.training import refusals
from accelgui.model.requests import TrainingRequest
from accelgui.model.strategies import STRATEGIES, is_address, lacking
from accelgui.words import strategies as words

TWO = ("host1:2222", "host2:2222")

REFUSED = {
    "no_such_strategy": {"strategy": "parameter-server"},
    "all_takes_every_device": {"strategy": "all", "device": "gpu:1"},
    "script_on_one_device": {"strategy": "all", "script_path": "own.py"},
    "workers_without_strategy": {"workers": TWO},
    "worker_index_alone": {"strategy": "multi-worker", "worker_index": 0},
    "worker_address_malformed": {
        "strategy": "multi-worker",
        "workers": ("host1", "host2"),
        "worker_index": 0,
    },
    "worker_named_twice": {
        "strategy": "multi-worker",
        "workers": (TWO[0], TWO[0]),
        "worker_index": 0,
    },
    "one_worker_only": {"strategy": "multi-worker", "workers": TWO[:1], "worker_index": 0},
    "worker_index_missing": {"strategy": "multi-worker", "workers": TWO},
    "worker_index_too_large": {"strategy": "multi-worker", "workers": TWO, "worker_index": 2},
}


@pytest.mark.parametrize("code", REFUSED)
def test_that_what_cannot_be_has_a_code_a_message_and_words(code: str) -> None:
    request = TrainingRequest(**REFUSED[code])  # type: ignore[arg-type]
    assert lacking(request) == code
    assert code in refusals._LACKING_STRATEGY
    assert words.lack(code) != code


def test_that_the_rest_can_be() -> None:
    assert lacking(TrainingRequest()) is None
    assert lacking(TrainingRequest(strategy="all")) is None
    assert lacking(TrainingRequest(strategy="multi-worker")) is None
    assert lacking(TrainingRequest(strategy="multi-worker", workers=TWO, worker_index=1)) is None


def test_that_every_strategy_has_a_name() -> None:
    assert set(words.STRATEGIES) == set(STRATEGIES)


@pytest.mark.parametrize("text", ["host:1", "10.0.0.1:65535", "[::1]:2222", "a-b.c:80"])
def test_that_addresses_are_host_and_port(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["host", "host:", ":1", "host:0", "host:65536", "a b:1", "::1:2"])
def test_that_other_texts_are_none(text: str) -> None:
    assert not is_address(text)
