"""The rung of the ladder on which all devices of the machine share the training."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from accelgui.agent.workloads.training.distributed.places import beside
from accelgui.agent.workloads.training.distributed.supervisor import Supervisor

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.agent.workloads.training.course import Course
    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice


def obstacle(request: TrainingRequest, backend: Backend, device: FrameworkDevice) -> Optional[str]:
    """Return the code of why the devices beside this one cannot help, None where they may."""
    count = len(beside(device, backend))
    if count == 1:
        return "one_device_only"
    return "batch_not_divisible" if request.batch_size % count else None


def run(request: TrainingRequest, images: Images, course: Course) -> None:
    """Train in processes of their own until the course is over; raises as a training does.

    The ladder's process has settled for one device with its first rung. The others get the images
    as it has them: their losses are to be compared.
    """
    import numpy as np

    with tempfile.TemporaryDirectory(prefix="accelgui-") as folder:
        path = Path(folder) / "images.npz"
        np.savez(
            path,
            x_train=images.x_train,
            y_train=images.y_train,
            x_test=images.x_validation,
            y_test=images.y_validation,
        )
        Supervisor(replace(request, data_path=str(path)), course.take, course).run()
