"""Live values of TPU chips from the metric service that libtpu runs while it holds them.

The service and its messages: tpu_metric_service.proto of tpu-info
(AI-Hypercomputer/cloud-accelerator-diagnostics). Only grpc is needed, where there is one.
"""

from __future__ import annotations

import os
import socket
from typing import Any, Callable, Optional

from accelgui.agent.samplers.protobuf import Field, field, fields, message
from accelgui.agent.samplers.source import Judge, Values, memory_bytes, percent
from accelgui.agent.samplers.tpu_sdk import TpuSdk

_METHOD = "/tpu.monitoring.runtime.RuntimeMetricService/GetRuntimeMetric"
_PORTS_VARIABLE = "TPU_RUNTIME_METRICS_PORTS"
_DEFAULT_PORT = "8431"

_USED = "tpu.runtime.hbm.memory.usage.bytes"
_TOTAL = "tpu.runtime.hbm.memory.total.bytes"
_DUTY = "tpu.runtime.tensorcore.dutycycle.percent"

_memory_total = Judge(1, 1 << 60)

_DEADLINE_S = 0.5
_CONNECT_S = 0.2
# Without a workload nobody listens; the next one shall be noticed within seconds.
_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.enable_http_proxy", 0),
)


class TpuSource:
    """All TPU chips of this host; None for every value while no workload holds them."""

    names: tuple[str, ...] = ("utilisation_percent", "memory_used_bytes", "memory_total_bytes")

    def __init__(self, chips: int) -> None:
        self.devices = tuple(f"tpu:{chip}" for chip in range(chips))
        self._calls = _connect()
        self._sdk = TpuSdk(chips, _is_served)
        self.names = (*self.names, *self._sdk.names)

    def take(self) -> dict[str, Values]:
        """Return the values of each chip, summed over its cores where those are told apart."""
        used, total, duty = (self._metric(name) for name in (_USED, _TOTAL, _DUTY))
        return {
            device: self._completed(
                chip,
                {
                    "utilisation_percent": percent(_mean(self._of_chip(duty, chip))),
                    "memory_used_bytes": memory_bytes(_sum(self._of_chip(used, chip))),
                    "memory_total_bytes": _memory_total(_sum(self._of_chip(total, chip))),
                },
            )
            for chip, device in enumerate(self.devices)
        }

    def _completed(self, chip: int, values: Values) -> Values:
        """Add what only libtpu itself tells, and what the service does not."""
        if not self._sdk.is_there:
            return values
        told = self._sdk.values(chip)
        return {name: _first(values.get(name), told[name]) for name in self.names}

    def end(self) -> None:
        """Ask libtpu no longer."""
        self._sdk.end()

    def _metric(self, name: str) -> dict[int, float]:
        """Return a metric by libtpu's device id."""
        values: dict[int, float] = {}
        for call in self._calls:
            values.update(gauges(call(name)))
        return values

    def _of_chip(self, values: dict[int, float], chip: int) -> list[float]:
        # Ids count cores on chips whose cores are devices of their own (v2, v3, 7x).
        per_chip = max(1, len(values) // len(self.devices))
        return [value for device, value in values.items() if device // per_chip == chip]


def gauges(response: bytes) -> dict[int, float]:
    """Return the gauge of each device id in an encoded MetricResponse."""
    values = {}
    metric = field(response, 1)
    for number, encoded in fields(metric if isinstance(metric, bytes) else b""):
        if number == 3 and isinstance(encoded, bytes):
            device = _path(encoded, 1, 2, 3)  # attribute.value.int_attr; 0 is not encoded.
            gauge = _path(encoded, 3, 1), _path(encoded, 3, 2)  # as_double, as_int
            value = next((v for v in gauge if isinstance(v, (int, float))), None)
            if value is not None:
                values[device if isinstance(device, int) else 0] = float(value)
    return values


def _path(encoded: bytes, *numbers: int) -> Optional[Field]:
    value: Optional[Field] = encoded
    for number in numbers:
        value = field(value, number) if isinstance(value, bytes) else None
    return value


def _connect() -> list[Callable[[str], bytes]]:
    """Return one call for each port on which a workload may serve its metrics."""
    try:
        import grpc
    except Exception:  # noqa: BLE001 - Absent, or broken in this Python.
        return []
    return [_call(grpc, port) for port in _ports()]


def _call(grpc: Any, port: str) -> Callable[[str], bytes]:
    method = grpc.insecure_channel(f"localhost:{port}", options=_OPTIONS).unary_unary(_METHOD)

    def ask(name: str) -> bytes:
        try:
            answer: bytes = method(message(1, name.encode()), timeout=_DEADLINE_S)
        except grpc.RpcError:
            return b""
        return answer

    return ask


def _ports() -> list[str]:
    ports = os.environ.get(_PORTS_VARIABLE) or _DEFAULT_PORT
    return [port.strip() for port in ports.split(",") if port.strip().isdecimal()]


def _is_served() -> bool:
    """Does a workload run, as far as anybody listens where it would serve its metrics?"""
    for port in _ports():
        try:
            socket.create_connection(("localhost", int(port)), _CONNECT_S).close()
        except OSError:
            continue
        return True
    return False


def _first(*values: Optional[float]) -> Optional[float]:
    return next((value for value in values if value is not None), None)


def _mean(values: list[float]) -> Optional[float]:
    return sum(values) / len(values) if values else None


def _sum(values: list[float]) -> Optional[float]:
    return sum(values) if values else None
