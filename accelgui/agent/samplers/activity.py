"""What "100 % utilisation" hides: how busy SMs, tensor cores and memory are, from NVML's GPM.

Hopper and later tell it (nvml.h, "GPM Functions"): counters are sampled into a block of memory,
and two blocks give the means over the time between them.
"""

from __future__ import annotations

from typing import Any

from accelgui.agent.probe.apart.nvml import NOT_REPORTED
from accelgui.agent.samplers.source import Values, percent

# NVML_GPM_METRIC_… of nvml.h
_METRICS = {
    2: "sm_activity_percent",
    5: "tensor_activity_percent",
    10: "memory_bandwidth_percent",
}


class ActivityMeter:
    """One GPU's activity since the call before."""

    def __init__(self, pynvml: Any) -> None:
        self._pynvml = pynvml
        self._is_refused = False
        self._request: Any = None
        self._metrics: list[Any] = []
        self._samples: list[Any] = []
        self._has_older = False

    @property
    def names(self) -> tuple[str, ...]:
        """The values that it tells of; none where the GPU has no such counters."""
        return tuple(_METRICS.values()) if self._samples else ()

    def take(self, handle: Any) -> Values:
        """Return the means since the last call; {} where the GPU or its driver has none."""
        if self._is_refused or handle is None:
            return {}
        try:
            return self._take(handle)
        except AttributeError:  # An older pynvml.
            self._is_refused = True
        except self._pynvml.NVMLError as error:
            self._is_refused = error.value in NOT_REPORTED
            self._has_older = False
        return {}

    def forget(self) -> None:
        """Begin anew after a loss."""
        self._is_refused = self._has_older = False

    def _take(self, handle: Any) -> Values:
        if not self._samples and not self._prepare(handle):
            self._is_refused = True
            return {}
        older, newer = self._samples = self._samples[::-1]
        self._pynvml.nvmlGpmSampleGet(handle, newer)
        if not self._has_older:
            self._has_older = True
            return dict.fromkeys(self.names)
        self._request.sample1, self._request.sample2 = older, newer
        self._pynvml.nvmlGpmMetricsGet(self._request)
        return {
            name: percent(metric.value) if metric.nvmlReturn == 0 else None
            for metric, name in zip(self._metrics, _METRICS.values())
        }

    def _prepare(self, handle: Any) -> bool:
        nvml = self._pynvml
        if not nvml.nvmlGpmQueryDeviceSupport(handle).isSupportedDevice:
            return False
        self._request = nvml.c_nvmlGpmMetricsGet_t()
        self._request.version = nvml.NVML_GPM_METRICS_GET_VERSION
        self._request.numMetrics = len(_METRICS)
        # Views of the request, which would be made anew at each look.
        self._metrics = self._request.metrics[: len(_METRICS)]
        for metric, number in zip(self._metrics, _METRICS):
            metric.metricId = number
        # Never freed: a call that hangs may still write to them.
        self._samples = [nvml.nvmlGpmSampleAlloc(), nvml.nvmlGpmSampleAlloc()]
        return True
