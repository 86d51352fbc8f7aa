"""Operations that treat each element for itself."""

from __future__ import annotations

import math
from typing import Callable

from accelgui.agent.workloads.precision.operations import draws
from accelgui.agent.workloads.precision.operations.operation import Draw, Operation, Shapes
from accelgui.agent.workloads.precision.running_error import Running

_QUICK: tuple[Shapes, ...] = (((16384,),),)
_FULL: tuple[Shapes, ...] = (((200003,),),)
_PAIRS: tuple[Shapes, ...] = (((65536,), (65536,)),)

Gradient = Callable[[Running, Running, int], tuple[Running, ...]]


def _function(name: str) -> Callable[[Running, int], Running]:
    return lambda x, _: x.function(name)


def _of_exp(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    return (cotangent * x.function("exp"),)


def _of_log(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    return (cotangent * x.function("reciprocal"),)


def _of_tanh(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    tanh = x.function("tanh")
    return (cotangent * ((tanh * tanh) * -1.0 + 1.0) * 1.0,)


def _of_sigmoid(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    sigmoid = x.function("sigmoid")
    return (cotangent * (sigmoid * (sigmoid * -1.0 + 1.0)) * 1.0,)


def _of_erf(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    bell = ((x * x) * -1.0).function("exp")
    return (cotangent * (bell * (2.0 / math.sqrt(math.pi)) * 1.0) * 1.0,)


def _of_rsqrt(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    inverse = x.function("rsqrt")
    return (cotangent * (inverse * inverse * inverse * -0.5) * 1.0,)


def _of_sin(cotangent: Running, x: Running, _: int) -> tuple[Running, ...]:
    return (cotangent * x.function("cos"),)


def _add(x: Running, y: Running, _: int) -> Running:
    return x + y


def _multiply(x: Running, y: Running, _: int) -> Running:
    return x * y


def _divide(x: Running, y: Running, _: int) -> Running:
    return x / y


def _functions() -> tuple[Operation, ...]:
    kinds: tuple[tuple[str, Draw, Gradient, bool], ...] = (
        ("exp", draws.exponents, _of_exp, True),
        ("log", draws.positives, _of_log, True),
        ("tanh", draws.slopes, _of_tanh, True),
        ("sigmoid", draws.steps, _of_sigmoid, False),
        ("erf", draws.slopes, _of_erf, False),
        ("rsqrt", draws.positives, _of_rsqrt, False),
        ("sin", draws.angles, _of_sin, False),
    )
    return tuple(
        Operation(
            name,
            draw,
            _function(name),
            gradient,
            _QUICK,
            _FULL,
            gradient_draw=draws.mild_positives if draw is draws.positives else draws.normal,
            is_core=is_core,
        )
        for name, draw, gradient, is_core in kinds
    )


OPERATIONS = (
    *_functions(),
    Operation("add", draws.quotients, _add, quick=_PAIRS),
    Operation("multiply", draws.quotients, _multiply, quick=_PAIRS),
    Operation("divide", draws.quotients, _divide, quick=_PAIRS),
)
