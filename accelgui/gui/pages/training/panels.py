"""The plots of a training run, declared."""

from __future__ import annotations

from accelgui.gui.plots import quantities
from accelgui.gui.plots.specs import PanelSpec, Track
from accelgui.words import _

_TRAINING = Track("training", lambda: _("training"))
_VALIDATION = Track("validation", lambda: _("validation"), dash=1, has_marks=True)
_ACCELERATOR = Track("accelerator", lambda: _("device"))
_CPU = Track("cpu", lambda: _("CPU"))
_CPU_BESIDE = Track("cpu_beside", lambda: _("CPU"), dash=1, is_aside=True)

PANELS = (
    PanelSpec(
        "loss",
        lambda: _("Loss"),
        quantities.LOSS,
        (_TRAINING, _VALIDATION),
        stretch=4,
        always_shown=True,
    ),
    PanelSpec(
        "accuracy",
        lambda: _("Accuracy"),
        quantities.SHARE,
        (_TRAINING, _VALIDATION),
        stretch=4,
        always_shown=True,
    ),
    PanelSpec(
        "rate",
        lambda: _("Samples/s"),
        quantities.RATE,
        (_TRAINING,),
        stretch=3,
        always_shown=True,
    ),
    PanelSpec(
        "utilisation",
        lambda: _("Utilisation"),
        quantities.PERCENT,
        (_ACCELERATOR, _CPU, _CPU_BESIDE),
        stretch=3,
    ),
    PanelSpec(
        "memory",
        lambda: _("Memory"),
        quantities.MEMORY,
        (
            _ACCELERATOR,
            Track("run", lambda: _("this run")),
            Track("run_beside", lambda: _("run on the host"), dash=1),
            Track("host", lambda: _("host"), dash=2, is_aside=True),
        ),
        stretch=3,
    ),
    PanelSpec(
        "temperature",
        lambda: _("Temperature"),
        quantities.TEMPERATURE,
        (_ACCELERATOR, _CPU, _CPU_BESIDE),
        stretch=3,
    ),
    PanelSpec(
        "power",
        lambda: _("Power"),
        quantities.POWER,
        (_ACCELERATOR, _CPU, _CPU_BESIDE),
        stretch=3,
    ),
)
