"""The plots of the monitor, declared: one for each quantity, or one for each device."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from accelgui.gui.plots import quantities
from accelgui.gui.plots.specs import PanelSpec, Track
from accelgui.words import N_, _
from accelgui.words.devices import key_name

if TYPE_CHECKING:
    from accelgui.gui.plots.quantities import Quantity

PCIE = "pcie"


def _track(name: str, words: str, dash: int = 0) -> Track:
    """Declare a track whose code is the name of the value that it shows."""
    return Track(name, partial(_, words), dash=dash)


def _panel(code: str, words: str, quantity: Quantity, *tracks: Track) -> PanelSpec:
    return PanelSpec(code, partial(_, words), quantity, tracks)


BY_QUANTITY = (
    _panel(
        "utilisation",
        N_("Utilisation"),
        quantities.PERCENT,
        _track("utilisation_percent", N_("busy")),
    ),
    _panel(
        "activity",
        N_("Activity"),
        quantities.PERCENT,
        _track("sm_activity_percent", N_("SMs")),
        _track("tensor_activity_percent", N_("tensor cores"), 1),
        _track("memory_bandwidth_percent", N_("memory"), 2),
    ),
    _panel(
        "memory",
        N_("Memory"),
        quantities.MEMORY,
        _track("memory_used_bytes", N_("used")),
        _track("run_memory_bytes", N_("the run"), 1),
    ),
    _panel("power", N_("Power"), quantities.POWER, _track("power_watts", N_("drawn"))),
    _panel(
        "energy",
        N_("Energy"),
        quantities.ENERGY,
        _track("energy_used_watt_hours", N_("used since the start")),
    ),
    _panel(
        "temperature",
        N_("Temperature"),
        quantities.TEMPERATURE,
        _track("temperature_celsius", N_("chip")),
        _track("memory_temperature_celsius", N_("memory"), 1),
    ),
    _panel(
        "clock",
        N_("Clock"),
        quantities.CLOCK,
        _track("clock_sm_hz", N_("SMs")),
        _track("clock_memory_hz", N_("memory"), 1),
    ),
    _panel(
        "access",
        N_("Memory access"),
        quantities.PERCENT,
        _track("memory_utilisation_percent", N_("read or written")),
    ),
    _panel(
        PCIE,
        N_("PCIe"),
        quantities.BYTE_RATE,
        _track("pcie_received_bytes_per_s", N_("to the device")),
        _track("pcie_sent_bytes_per_s", N_("from the device"), 1),
    ),
    _panel(
        "video",
        N_("Video"),
        quantities.PERCENT,
        _track("encoder_percent", N_("encoder")),
        _track("decoder_percent", N_("decoder"), 1),
    ),
    _panel("fan", N_("Fan"), quantities.PERCENT, _track("fan_percent", N_("speed"))),
    _panel(
        "errors",
        N_("Memory errors"),
        quantities.COUNT,
        _track("ecc_corrected_count", N_("corrected")),
        _track("ecc_uncorrected_count", N_("not corrected"), 1),
    ),
    _panel(
        "disk",
        N_("Disk"),
        quantities.BYTE_RATE,
        _track("disk_read_bytes_per_s", N_("read")),
        _track("disk_written_bytes_per_s", N_("written"), 1),
        _track("run_disk_read_bytes_per_s", N_("read by the run"), 2),
        _track("run_disk_written_bytes_per_s", N_("written by the run"), 3),
    ),
    _panel(
        "network",
        N_("Network"),
        quantities.BYTE_RATE,
        _track("network_received_bytes_per_s", N_("received")),
        _track("network_sent_bytes_per_s", N_("sent"), 1),
        _track("run_network_received_bytes_per_s", N_("received by the run"), 2),
        _track("run_network_sent_bytes_per_s", N_("sent by the run"), 3),
    ),
    _panel(
        "cores",
        N_("Cores of the run"),
        quantities.RATE,
        _track("run_cpu_cores", N_("busy")),
    ),
    _panel("swap", N_("Swap"), quantities.MEMORY, _track("swap_used_bytes", N_("used"))),
)

# What is to be known of a quantity before it is chosen.
NOTES = {
    "access": N_("The share of time in which the memory is read or written, however little."),
    "network": N_("Of the run: what its TCP connections carry, this machine's own included."),
    PCIE: N_("Measured while it is shown only: the driver takes 20 ms for each look."),
}

# What a first look needs; the rest waits to be chosen.
SHOWN_AT_FIRST = frozenset({"utilisation", "activity", "memory", "power", "temperature", "clock"})
# On a machine without an accelerator there is room for these.
SHOWN_ON_CPU = SHOWN_AT_FIRST | {"disk", "network"}

PANEL_OF = {track.code: panel.code for panel in BY_QUANTITY for track in panel.tracks}

_OF_A_DEVICE = (
    _track("utilisation_percent", N_("busy")),
    _track("memory_used_percent", N_("memory"), 1),
    _track("tensor_activity_percent", N_("tensor cores"), 2),
)
NAMES_OF_A_DEVICE = tuple(track.code for track in _OF_A_DEVICE)


def by_device(devices: tuple[str, ...]) -> tuple[PanelSpec, ...]:
    """Return a panel for each device, with what can be told as a share of it."""
    return tuple(
        PanelSpec(device, partial(key_name, device), quantities.PERCENT, _OF_A_DEVICE)
        for device in devices
    )
