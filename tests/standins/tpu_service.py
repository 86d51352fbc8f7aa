"""A real gRPC server that answers as libtpu's metric service does while a workload runs.

The messages are built by protobuf itself from a description, so that they owe nothing to the
decoder under test.
"""

from __future__ import annotations

import threading
from concurrent import futures
from typing import TYPE_CHECKING, Any, Self

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

if TYPE_CHECKING:
    from types import TracebackType

PACKAGE = "tpu.monitoring.runtime"
HBM_USED = "tpu.runtime.hbm.memory.usage.bytes"
HBM_TOTAL = "tpu.runtime.hbm.memory.total.bytes"
DUTY_CYCLE = "tpu.runtime.tensorcore.dutycycle.percent"

_TYPES = {
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "int64": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "double": descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
}
# Name, number, type ("+" repeated), alternative of a oneof: what tpu_metric_service.proto says.
_MESSAGES: dict[str, tuple[tuple[str, int, str, str], ...]] = {
    "AttrValue": (
        ("string_attr", 1, "string", "attr"),
        ("bool_attr", 2, "bool", "attr"),
        ("int_attr", 3, "int64", "attr"),
    ),
    "Attribute": (("key", 1, "string", ""), ("value", 2, "AttrValue", "")),
    "Timestamp": (("seconds", 1, "int64", ""),),
    "Gauge": (
        ("as_double", 1, "double", "value"),
        ("as_int", 2, "int64", "value"),
        ("as_string", 3, "string", "value"),
    ),
    "Metric": (
        ("attribute", 1, "Attribute", ""),
        ("timestamp", 2, "Timestamp", ""),
        ("gauge", 3, "Gauge", "measure"),
    ),
    "TPUMetric": (
        ("name", 1, "string", ""),
        ("description", 2, "string", ""),
        ("metrics", 3, "+Metric", ""),
    ),
    "MetricRequest": (("metric_name", 1, "string", ""),),
    "MetricResponse": (("metric", 1, "TPUMetric", ""),),
}


class TpuService:
    """Serves what `metrics` holds: by metric name, the value of each device id."""

    def __init__(self) -> None:
        self.metrics: dict[str, dict[int, float]] = {}
        self.port = 0
        self._lock = threading.Lock()
        self._server = grpc.server(futures.ThreadPoolExecutor(2))

    def __enter__(self) -> Self:
        handler = grpc.unary_unary_rpc_method_handler(self._answer)
        methods = {"GetRuntimeMetric": handler}
        service = grpc.method_handlers_generic_handler(f"{PACKAGE}.RuntimeMetricService", methods)
        self._server.add_generic_rpc_handlers((service,))
        self.port = self._server.add_insecure_port("localhost:0")
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop(None).wait(5)

    def _answer(self, request: bytes, context: Any) -> bytes:
        name = _message("MetricRequest").FromString(request).metric_name
        if name not in self.metrics:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no metric {name}")
        return encoded_response(name, self.metrics[name])


def encoded_response(name: str, values: dict[int, float]) -> bytes:
    """Return a MetricResponse as libtpu encodes it: whole numbers as_int, others as_double."""
    response = _message("MetricResponse")()
    response.metric.name = name
    for device, value in values.items():
        metric = response.metric.metrics.add()
        metric.attribute.key = "device-id"
        metric.attribute.value.int_attr = device
        metric.timestamp.seconds = 1_760_000_000
        if isinstance(value, int):
            metric.gauge.as_int = value
        else:
            metric.gauge.as_double = value
    data: bytes = response.SerializeToString()
    return data


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(
        name="metrics.proto", package=PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field in fields:
            _add_field(message, *field)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _add_field(message: Any, name: str, number: int, kind: str, oneof: str) -> None:
    field = message.field.add(name=name, number=number)
    field.label = field.LABEL_REPEATED if kind.startswith("+") else field.LABEL_OPTIONAL
    kind = kind.removeprefix("+")
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type, field.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    if oneof:
        if oneof not in [declared.name for declared in message.oneof_decl]:
            message.oneof_decl.add(name=oneof)
        field.oneof_index = [declared.name for declared in message.oneof_decl].index(oneof)


_POOL = _pool()
