"""What the scripts of all frameworks have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

_DIGITS = Path(__file__).resolve().parent.parent / "resources" / "data" / "digits.npz"

# Adam's first rate, the same as in the runs here.
LEARNING_RATES = {"mlp": "3e-3", "cnn": "5e-3", "lstm": "5e-3", "transformer": "3e-3"}


def constants(request: TrainingRequest) -> str:
    """Return the numbers at the head of a script."""
    path = str(Path(request.data_path).expanduser()) if request.data_path else str(_DIGITS)
    return "\n".join([
        "# An archive of x_train, y_train, x_test and y_test; images of 28 × 28.",
        f"DATA = {json.dumps(path, ensure_ascii=False)}",
        f"BATCH_SIZE = {request.batch_size}",
        f"EPOCHS = {request.epochs}",
        f"LEARNING_RATE = {LEARNING_RATES[request.model]}",
        f"SEED = {request.seed}",
    ])


READ = """
with np.load(DATA) as data:
    x_train, y_train = data["x_train"], data["y_train"].astype("int32")
    x_test, y_test = data["x_test"], data["y_test"].astype("int32")
scale = 255 if x_train.max() > 1 else 1
x_train = (x_train / scale).astype("float32").reshape(-1, 28, 28, 1)
x_test = (x_test / scale).astype("float32").reshape(-1, 28, 28, 1)
""".strip()


def joined(*sections: str) -> str:
    """Return the sections that there are: two empty lines round definitions, else one."""
    text = ""
    was_definition = False
    for section in (section.strip("\n") for section in sections if section.strip()):
        is_definition = section.startswith(("def ", "class ", "@"))
        gap = "\n\n\n" if is_definition or was_definition else "\n\n"
        text += gap + section if text else section
        was_definition = section.splitlines()[-1].startswith("    ") and (
            is_definition or "\ndef " in section
        )
    return text + "\n"


def device_number(request: TrainingRequest) -> int:
    """Return N of gpu:N and tpu:N, 0 otherwise."""
    return int(request.device.partition(":")[2] or 0)
