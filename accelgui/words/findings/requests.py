"""Words for a request that cannot be: unusable data, a batch too large, a device not there."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from accelgui.model.data_faults import FAULTS
from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


class _Known(dict[str, str]):
    """Parameters of which a document of another version may lack some."""

    def __missing__(self, name: str) -> str:
        return "?"


def _data_unusable(parameters: Parameters) -> FindingText:
    file = PurePath(parameters.get("file", "?")).name
    fault = FAULTS.get(parameters.get("fault", ""))
    said = _(fault).format_map(_Known(parameters)) if fault else ""
    layout = _(
        "A data file holds x_train, y_train, x_test and y_test: images of 28 × 28 and their labels,"
        " whole numbers from 0 to 9."
    )
    return FindingText(
        _("{file} cannot be trained with").format(file=file),
        joining.full_stop(joining.labelled(parameters.get("file", file), said)),
        (Remedy(layout),),
    )


def _batch_larger_than_data(parameters: Parameters) -> FindingText:
    samples = parameters.get("samples", "?")
    return FindingText(
        _("The batch is larger than the data"),
        _(
            "A batch of {batch_size} was asked for; there are {samples} images to train with."
        ).format(batch_size=parameters.get("batch_size", "?"), samples=samples),
        (Remedy(_("Take a batch size of at most {samples}.").format(samples=samples)),),
    )


def _no_such_device(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    listed = parameters.get("there", "").split(", ")
    return FindingText(
        _("{framework} has no {device} here").format(
            framework=framework, device=key_name(parameters.get("device", "?"))
        ),
        _("It lists: {devices}.").format(devices=joining.listed(key_name(key) for key in listed)),
        (Remedy(_("Choose one of these, or “auto”; the check says why a device is not listed.")),),
    )


def _no_tf32(parameters: Parameters) -> FindingText:
    return FindingText(
        _("{device} does not multiply in TF32").format(
            device=key_name(parameters.get("device", "?"))
        ),
        _("NVIDIA GPUs do so since Ampere (compute capability 8.0)."),
    )


TEXTS: dict[str, Author] = {
    "data_unusable": _data_unusable,
    "batch_larger_than_data": _batch_larger_than_data,
    "no_such_device": _no_such_device,
    "no_tf32": _no_tf32,
}
