"""The state of the board as metric families; what is not reported is absent, never 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import Metric

from accelgui import __version__
from accelgui.metrics import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from accelgui.metrics.board import Board, State
    from accelgui.metrics.names import Name
    from accelgui.model.sample import Sample

_BUILD = names.Name("", "accelgui_build_info", "The version that tells this.")
_RUN = names.Name("", "accelgui_run_info", "The run under way; absent where there is none.")
_ALERT = names.Name("", "accelgui_alert_active", "What accelgui warns of; absent where of nothing.")


class Collector:
    """What prometheus_client asks whenever somebody reads."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        """Yield each family that has a value."""
        state = self._board.state()
        host = {"Hostname": state.hostname}
        yield from _families((_BUILD,), [({"version": __version__}, {"": 1.0})])
        for prefix, table in (("gpu", names.GPU), ("tpu", names.TPU)):
            rows = [
                (_labels(state, prefix, key), _completed(state, key, sample.values))
                for key, sample in _in_order(state.samples, prefix)
            ]
            yield from _families(table, rows)
        for key, table in (("cpu", names.CPU), ("host", names.HOST)):
            if key in state.samples:
                yield from _families(table, [(host, state.samples[key].values)])
        yield from _of_run(state, host)
        alerts = [
            ({"alert": code, "device": device, **host}, {"": 1.0}) for code, device in state.alerts
        ]
        yield from _families((_ALERT,), alerts)


def _of_run(state: State, host: Mapping[str, str]) -> Iterator[Metric]:
    run = state.run
    if run is None:
        return
    info = {"kind": run.kind, "framework": run.framework, "device": run.device, **host}
    yield from _families((_RUN,), [(info, {"": 1.0})])
    values: dict[str, float | None] = {name.value: getattr(run, name.value) for name in names.RUN}
    yield from _families(names.RUN, [(host, values)])


def _families(
    table: Iterable[Name], rows: Iterable[tuple[Mapping[str, str], Mapping[str, float | None]]]
) -> Iterator[Metric]:
    rows = list(rows)
    for name in table:
        family = Metric(name.metric, name.help, name.kind)
        suffix = "_total" if name.kind == "counter" else ""
        for labels, values in rows:
            value = values.get(name.value)
            if value is not None:
                family.add_sample(name.metric + suffix, dict(labels), value * name.factor)
        if family.samples:
            yield family


def _completed(
    state: State, key: str, values: Mapping[str, float | None]
) -> Mapping[str, float | None]:
    """Return what is told of a device, with what follows from it."""
    parts = [values.get(f"memory_{what}_bytes") for what in ("total", "used", "reserved")]
    known = [part for part in parts if part is not None]
    free = known[0] - sum(known[1:]) if len(known) == len(parts) else None
    return {**values, names.MEMORY_FREE: free, names.XID: state.xids.get(key)}


def _labels(state: State, prefix: str, key: str) -> dict[str, str]:
    """Return the labels of a device: for GPUs those of DCGM-exporter."""
    number = key.partition(":")[2]
    known = state.names.get(key)
    model = known.model if known else ""
    if prefix != "gpu":
        return {prefix: number, "modelName": model, "Hostname": state.hostname}
    return {
        "gpu": number,
        "UUID": known.uuid if known else "",
        "pci_bus_id": known.pci_bus_id if known else "",
        "device": f"nvidia{number}",
        "modelName": model,
        "Hostname": state.hostname,
        "DCGM_FI_DRIVER_VERSION": state.driver,
    }


def _in_order(samples: Mapping[str, Sample], prefix: str) -> list[tuple[str, Sample]]:
    found = [(key, sample) for key, sample in samples.items() if key.startswith(f"{prefix}:")]
    return sorted(found, key=lambda pair: (len(pair[0]), pair[0]))
