"""The command line: which commands and options there are."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import NoReturn

from accelgui import __version__
from accelgui.cli import values
from accelgui.cli.argparse_words import argparse_translated
from accelgui.model.requests import FRAMEWORKS
from accelgui.model.strategies import STRATEGIES
from accelgui.model.techniques import EXECUTIONS, FEEDINGS
from accelgui.words import _, languages
from accelgui.words.training import MODELS, PRECISIONS


class UsageError(Exception):
    """The command line makes no sense; the message is one line for a person."""


@dataclass(frozen=True)
class WindowOptions:
    """What the window is started with."""

    python: str | None = None
    language: str | None = None
    replay: str | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; `command` is None where the window is wanted.

    Raises UsageError, and SystemExit for --help and --version, which print by themselves.
    """
    with argparse_translated():
        return _parser().parse_args(arguments)


def asked_language(arguments: list[str]) -> str | None:
    """Return the value of --language, before the rest is read: help speaks that language too."""
    for position, argument in enumerate(arguments):
        if argument == "--language" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--language="):
            return argument.partition("=")[2]
    return None


def _parser() -> argparse.ArgumentParser:
    common = _common()
    parser = _Parser(
        prog="accelgui",
        description=_("Can this machine accelerate deep learning? Without a command: the window."),
        epilog=_(
            "Exit codes: 0 good, 1 works with warnings, 2 does not work or a check failed,"
            " 64 usage error, 70 a defect of accelgui."
        ),
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"accelgui {__version__}")
    parser.add_argument("--replay", metavar=_("FILE"), help=_("show a recording in the window"))
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=_Parser)
    _add_check(commands, common)
    _add_explain(commands, common)
    _add_precision(commands, common)
    _add_train(commands, common)
    _add_record(commands, common)
    _add_serve_metrics(commands, common)
    return parser


def _common() -> argparse.ArgumentParser:
    """Options that stand before or after the command; absent ones leave no trace here."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--python", metavar=_("PATH"), help=_("the Python to examine (default: accelgui's own)")
    )
    common.add_argument(
        "--language", choices=languages(), help=_("language of texts (default: the system's)")
    )
    return common


def _add(commands: object, common: argparse.ArgumentParser, name: str, text: str) -> _Parser:
    assert isinstance(commands, argparse._SubParsersAction)
    parser: _Parser = commands.add_parser(
        name, help=text, description=text, parents=[common], allow_abbrev=False
    )
    parser.add_argument("--framework", choices=FRAMEWORKS, help=_("default: tensorflow"))
    parser.add_argument(
        "--device",
        type=values.device,
        default="auto",
        metavar=_("DEVICE"),
        help=_("auto, cpu, gpu:N or tpu:N (default: auto)"),
    )
    parser.add_argument(
        "--timeout",
        type=values.positive_seconds,
        metavar=_("SECONDS"),
        help=_("give up after this time"),
    )
    return parser


def _add_check(commands: object, common: argparse.ArgumentParser) -> None:
    text = _("the verdict, chain, devices and findings")
    parser = _add(commands, common, "check", text)
    _add_json(parser)
    parser.add_argument(
        "--sysroot",
        metavar=_("FOLDER"),
        help=_("read /proc, /sys, /dev and /etc below this folder; nothing live is asked"),
    )
    parser.add_argument(
        "--from", dest="from_file", metavar=_("FILE"), help=_("diagnose a saved snapshot")
    )
    parser.add_argument("--save", metavar=_("FILE"), help=_("save what was seen as a snapshot"))
    parser.add_argument(
        "--full",
        action="store_true",
        help=_("save names, serial numbers and addresses too, which are masked otherwise"),
    )
    parser.add_argument(
        "--environments",
        action="store_true",
        help=_("find your Pythons and say of each which frameworks accelerate"),
    )


def _add_explain(commands: object, common: argparse.ArgumentParser) -> None:
    assert isinstance(commands, argparse._SubParsersAction)
    text = _("the causes that the log of a framework, driver or container shows")
    parser: _Parser = commands.add_parser(
        "explain", help=text, description=text, parents=[common], allow_abbrev=False
    )
    parser.add_argument(
        "file", nargs="?", metavar=_("FILE"), help=_("the log; “-” or none: standard input")
    )
    _add_json(parser)


def _add_precision(commands: object, common: argparse.ArgumentParser) -> None:
    text = _("checks of one device's numbers against float64 on the CPU")
    parser = _add(commands, common, "precision", text)
    _add_json(parser)
    parser.add_argument("--level", choices=("quick", "full", "soak"), default="quick")
    parser.add_argument("--seed", type=values.seed, default=0, metavar=_("NUMBER"))
    parser.add_argument(
        "--duration",
        type=values.positive_seconds,
        default=600.0,
        metavar=_("SECONDS"),
        help=_("how long to soak (default: 600)"),
    )
    parser.add_argument(
        "--memory-share",
        type=values.share,
        default=0.1,
        metavar=_("SHARE"),
        help=_("how much of the free memory to fill in a soak, 0 to 0.95 (default: 0.1)"),
    )


def _add_train(commands: object, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "train", _("the sample training run"))
    forms = parser.add_mutually_exclusive_group()
    _add_json(forms)
    forms.add_argument(
        "--json-lines", action="store_true", help=_("one JSON object a line, as the run goes on")
    )
    parser.add_argument(
        "--checkpoint",
        metavar=_("FILE"),
        help=_("keep the weights there, .keras or .npz, of a stopped run too"),
    )
    parser.add_argument(
        "--print-code",
        action="store_true",
        help=_("print a script of its own that does the same, instead of training"),
    )
    parser.add_argument(
        "--ladder",
        action="store_true",
        help=_("measure what each technique is worth here, instead of one training"),
    )
    parser.add_argument("--model", choices=tuple(MODELS), default="mlp")
    parser.add_argument("--precision", choices=tuple(PRECISIONS), default="float32")
    parser.add_argument(
        "--execution",
        choices=EXECUTIONS,
        default="default",
        help=_("operation by operation, whole steps, or steps fused by XLA"),
    )
    parser.add_argument(
        "--tf32",
        action=argparse.BooleanOptionalAction,
        help=_("multiply float32 in TF32, or not (default: as the framework does)"),
    )
    parser.add_argument(
        "--feeding",
        choices=FEEDINGS,
        default="default",
        help=_("how data reach the device: batch by batch, fetched ahead, or kept there"),
    )
    _add_strategy(parser)
    parser.add_argument("--batch-size", type=values.count, default=32, metavar=_("NUMBER"))
    parser.add_argument(
        "--fit-batch",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=_("after a batch that does not fit into memory, find the largest that does"),
    )
    parser.add_argument("--epochs", type=values.count, default=5, metavar=_("NUMBER"))
    parser.add_argument("--seed", type=values.seed, default=0, metavar=_("NUMBER"))
    parser.add_argument(
        "--data",
        metavar=_("FILE"),
        help=_("an .npz with x_train, y_train, x_test, y_test (default: the built-in digits)"),
    )
    parser.add_argument(
        "--events",
        metavar=_("FOLDER"),
        help=_("write event files there, which TensorBoard shows"),
    )
    parser.add_argument(
        "--export",
        metavar=_("FILE"),
        help=_("save the curves, or the ladder, as .csv, .json or .svg"),
    )
    parser.add_argument(
        "--script",
        metavar=_("FILE"),
        help=_("train the model that build_model() in this Python file returns"),
    )
    parser.epilog = _(
        "A file for --script has build_model(), which returns a Keras model, a torch.nn.Module or"
        " a pair of JAX functions init(key) and apply(params, x), and gives a score for each class."
        " It may have load_data(), which returns x_train, y_train, x_val, y_val; a number"
        " learning_rate; and loss(scores, labels), for Keras whatever compile takes. A Keras model"
        " that is compiled keeps its own optimizer and loss. Images come as [n, height, width,"
        " channels], for PyTorch as [n, channels, height, width]."
    )


def _add_strategy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        default="auto",
        help=_(
            "one device, all of this machine, or several machines (default: one, unless TF_CONFIG,"
            " torchrun or JAX's variables say that there are several)"
        ),
    )
    parser.add_argument(
        "--workers",
        type=values.addresses,
        default=(),
        metavar=_("HOST:PORT,…"),
        help=_("where the workers of several machines find each other, the same on each of them"),
    )
    parser.add_argument(
        "--worker-index",
        type=values.index,
        metavar=_("NUMBER"),
        help=_("which of the workers this one is, from 0"),
    )


def _add_record(commands: object, common: argparse.ArgumentParser) -> None:
    assert isinstance(commands, argparse._SubParsersAction)
    text = _("live values of all devices to a file; Ctrl-C ends it")
    parser: _Parser = commands.add_parser(
        "record", help=text, description=text, parents=[common], allow_abbrev=False
    )
    parser.add_argument("file", metavar=_("FILE"), help=_("a file that is not there yet"))
    _add_pace(parser)


def _add_serve_metrics(commands: object, common: argparse.ArgumentParser) -> None:
    assert isinstance(commands, argparse._SubParsersAction)
    text = _("live values of all devices for Prometheus; Ctrl-C ends it")
    parser: _Parser = commands.add_parser(
        "serve-metrics", help=text, description=text, parents=[common], allow_abbrev=False
    )
    parser.add_argument(
        "--port",
        type=values.port,
        default=9400,
        metavar=_("NUMBER"),
        help=_("default: 9400; 0: a free one"),
    )
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        metavar=_("ADDRESS"),
        help=_("default: 127.0.0.1, which only this machine reaches"),
    )
    parser.add_argument(
        "--hide-names",
        action="store_true",
        help=_("leave out the name of this machine and the identifiers of its GPUs"),
    )
    _add_pace(parser)


def _add_pace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval",
        type=values.positive_seconds,
        default=1.0,
        metavar=_("SECONDS"),
        help=_("between two values (default: 1; no less than 0.05)"),
    )
    parser.add_argument(
        "--duration",
        type=values.positive_seconds,
        metavar=_("SECONDS"),
        help=_("end after this time (default: when interrupted)"),
    )


def _add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help=_("one JSON document on stdout"))
