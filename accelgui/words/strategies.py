"""How devices share a training, in words: names, a plain line on each, and why one cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.translation import N_, _, n_
from accelgui.words.units import count_text

if TYPE_CHECKING:
    from accelgui.model.events import TrainingStarted

STRATEGIES = {
    "auto": N_("As this process was started"),
    "one": N_("One device"),
    "all": N_("All devices of this machine"),
    "multi-worker": N_("Several machines"),
}

_EXPLANATIONS = {
    "one": N_("The whole batch goes to one device."),
    "all": N_(
        "Each takes an even share of every batch, and the gradients are added up: the result is"
        " that of one device. Pays for large networks and batches."
    ),
    "multi-worker": N_(
        "As with all devices, over the network. Start the same command on each machine, with"
        " --workers and --worker-index."
    ),
}

_LACKING = {
    "no_such_strategy": N_("There is no such strategy: auto, one, all or multi-worker."),
    "all_takes_every_device": N_(
        "This strategy takes every device of a kind: choose no single one (auto or cpu)."
    ),
    "script_on_one_device": N_("A model of your own trains on one device."),
    "workers_without_strategy": N_("Workers are for --strategy multi-worker."),
    "worker_index_alone": N_("--worker-index needs --workers."),
    "worker_address_malformed": N_("--workers takes host:port, with commas between them."),
    "worker_named_twice": N_("--workers names an address twice."),
    "one_worker_only": N_("--workers takes two addresses or more."),
    "worker_index_missing": N_("--worker-index says which of the workers this one is, from 0."),
    "worker_index_too_large": N_("--worker-index counts from 0 to the number of workers less one."),
    "one_device_only": N_(
        "There is one device here. With a second one, each would take half of every batch."
    ),
    "batch_not_divisible": N_("The batch cannot be divided evenly among the devices."),
    "devices_unknown": N_("How many devices there are is not known yet."),
}


def strategy_name(code: str) -> str:
    """Return the words for a strategy; an unknown code is returned as it is."""
    return _(STRATEGIES[code]) if code in STRATEGIES else code


def explanation(code: str) -> str:
    """Return a plain line on what a strategy means, "" where there is none."""
    return _(_EXPLANATIONS[code]) if code in _EXPLANATIONS else ""


def lack(code: str) -> str:
    """Say why a strategy cannot be; an unknown code is returned as it is."""
    return _(_LACKING[code]) if code in _LACKING else code


def is_known(code: str) -> bool:
    """Tell whether `lack` has words for a code."""
    return code in _LACKING


def worker_name(code: str) -> str:
    """Return the words for "worker 1 (host2:2222)" or "replica 1", as the agent names them."""
    kind, _space, rest = code.partition(" ")
    if kind == "worker" and rest:
        return _("Worker {name}").format(name=rest)
    if kind == "replica" and rest:
        return _("Replica {name}").format(name=rest)
    return _("Another worker")


def team_text(started: TrainingStarted) -> str:
    """Say how many share a run: "on 2 devices", "worker 1 of 2, 4 devices"; "" for one device."""
    if started.strategy not in {"all", "multi-worker"}:
        return ""
    devices = n_("{count} device", "{count} devices", started.replicas_count).format(
        count=count_text(started.replicas_count)
    )
    if started.workers_count == 1:
        return _("shared by {devices}").format(devices=devices)
    return _("worker {index} of {count}, counted from 0; {devices} in all").format(
        index=started.worker_index, count=started.workers_count, devices=devices
    )
