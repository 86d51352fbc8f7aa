"""The options a person can set, each declared once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from accelgui.settings import storage
from accelgui.settings.storage import StorageError
from accelgui.words import N_, _

_RECENT_PYTHONS = 6


def _option(
    default: Any, title: str = "", description: str = "", choices: tuple[str, ...] = ()
) -> Any:
    """Declare an option; without a title it is remembered, but not shown."""
    words = {"title": title, "description": description, "choices": choices}
    if isinstance(default, list):
        return field(default_factory=default.copy, metadata=words)
    return field(default=default, metadata=words)


@dataclass
class Settings:
    """The options in force, and the file they are kept in; without a file nothing is kept.

    `problem` says in words what went wrong with the file, "" where nothing did.
    """

    language: str = _option(
        "", N_("Language"), N_("The language of the window and of reports made in it.")
    )
    appearance: str = _option(
        "system",
        N_("Appearance"),
        N_("Light, dark, or as the system has it."),
        ("system", "light", "dark"),
    )
    python: str = _option(
        "",
        N_("Python to examine"),
        N_("The Python whose frameworks are examined and in which trainings and checks run."),
    )
    history_days: str = _option(
        "365",
        N_("Keep history for"),
        N_("Older entries are removed at the next start, unless they have a name, tag or note."),
        ("30", "90", "365", "forever"),
    )
    history_megabytes: str = _option(
        "500",
        N_("History no larger than"),
        N_("The oldest entries make room, unless they have a name, tag or note."),
        ("100", "500", "2000", "any"),
    )
    alert_temperature: str = _option(
        "auto",
        N_("Hot device"),
        N_("By the device: 5 °C below its slowdown threshold, or 85 °C where it tells none."),
        ("auto", "70", "75", "80", "85", "90", "95", "off"),
    )
    alert_device_memory: str = _option(
        "98",
        N_("Device memory nearly full"),
        N_("Some frameworks take nearly all of it at their start."),
        ("90", "95", "98", "off"),
    )
    alert_host_memory: str = _option(
        "95",
        N_("Memory nearly full"),
        N_("The memory of this machine, without what the system can give back."),
        ("80", "90", "95", "off"),
    )
    alert_disk: str = _option(
        "2",
        N_("Disk nearly full"),
        N_("Of home, temporary files and the history: the one with the least room."),
        ("1", "2", "5", "20", "off"),
    )
    alert_stall: str = _option(
        "15",
        N_("Stalled training"),
        N_("Its device does nothing for this long, though the training claims to go on."),
        ("10", "15", "30", "60", "off"),
    )
    alert_hold: str = _option(
        "5",
        N_("Said after"),
        N_(
            "How long heat or a full memory has to last; it is over when it was over twice as long."
        ),
        ("0", "5", "15", "60"),
    )
    metrics: str = _option(
        "off",
        N_("Serve while the window is open"),
        N_("For who runs Prometheus and Grafana; needs the package prometheus-client."),
        ("off", "on"),
    )
    metrics_port: int = _option(
        9400, N_("Port"), N_("9400 is that of DCGM-exporter; the two cannot both have it.")
    )
    recent_pythons: list[str] = _option([])  # noqa: RUF009 - It makes a field with a factory.
    window_geometry: str = _option("")
    path: Path | None = field(default=None, compare=False)
    problem: str = field(default="", compare=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Read the options; what is broken is set aside, said in `problem`, and left at default."""
        settings = cls(path=path or storage.default_path())
        assert settings.path is not None
        try:
            stored = storage.read(settings.path)
        except StorageError as error:
            settings.problem = str(error)
            return settings
        wrong = [name for name in stored if not settings._take(name, stored[name])]
        if wrong:
            names = ", ".join(wrong)
            settings.problem = _("Settings that make no sense were ignored: {names}.").format(
                names=names
            )
        return settings

    def save(self) -> None:
        """Write what differs from the defaults; `problem` says why that could not be."""
        if self.path is None:
            return
        changed = {
            name: value for name, value in self._values().items() if value != _defaults()[name]
        }
        try:
            storage.write(self.path, changed)
        except StorageError as error:
            self.problem = str(error)
        else:
            self.problem = ""

    def alert_choices(self) -> dict[str, str]:
        """Return what a person chose for alerts, by the name without "alert_"."""
        values = self._values()
        names = [name for name in values if name.startswith("alert_")]
        return {name.removeprefix("alert_"): values[name] for name in names}

    def remember_python(self, python: str) -> None:
        """Put a Python in front of those used lately."""
        others = [known for known in self.recent_pythons if known != python]
        self.recent_pythons = [python, *others][:_RECENT_PYTHONS]

    def _values(self) -> dict[str, Any]:
        return {option.name: getattr(self, option.name) for option in options()}

    def _take(self, name: str, value: Any) -> bool:
        """Set one option from a file; False where it cannot have this value."""
        known = {option.name: option for option in options()}
        if name not in known:
            return True  # Written by a newer version, which may come back.
        choices = known[name].metadata["choices"]
        if not _same_type(value, _defaults()[name]) or (choices and value not in choices):
            return False
        setattr(self, name, value)
        return True


def options() -> list[Any]:
    """Return the declared options, as fields of `Settings`."""
    return [option for option in fields(Settings) if "title" in option.metadata]


def option_title(name: str) -> str:
    """Return the title of an option in the current language."""
    text: str = _metadata(name)["title"]
    return _(text)


def option_description(name: str) -> str:
    """Return the description of an option in the current language."""
    text: str = _metadata(name)["description"]
    return _(text)


def option_choices(name: str) -> tuple[str, ...]:
    """Return the values that an option can have, () where it is free."""
    choices: tuple[str, ...] = _metadata(name)["choices"]
    return choices


def _metadata(name: str) -> Any:
    return {option.name: option for option in options()}[name].metadata


def _defaults() -> dict[str, Any]:
    return Settings()._values()


def _same_type(value: Any, default: Any) -> bool:
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is type(default)
