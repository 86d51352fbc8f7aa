"""When the largest batch is looked for: after a run that found no room, once nothing else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.gui.pages.training.remedies import is_searchable
from accelgui.model.requests import BatchSearchRequest
from accelgui.runs.launch import AgentCommand

if TYPE_CHECKING:
    from accelgui.gui.pages.training.batch_search import BatchSearch
    from accelgui.gui.pages.training.record import RunRecord
    from accelgui.gui.session import Session
    from accelgui.model.memory import LargestBatch


class Searching:
    """Starts searches for a page, in the name of `owner`, and keeps what they came to."""

    def __init__(self, session: Session, shown: BatchSearch, owner: str) -> None:
        self._session = session
        self._shown = shown
        self._owner = owner
        self._waiting: RunRecord | None = None
        self._searched: RunRecord | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a search goes on."""
        return self._shown.is_under_way

    def ask_after(self, record: RunRecord) -> None:
        """Search as soon as the run has left, if a smaller batch may help it."""
        self._waiting = record if is_searchable(record) else None

    def begin_if_free(self) -> None:
        """Begin what was asked for, if nothing else runs."""
        if self._waiting is not None and self._session.run_owner is None:
            self.begin(self._waiting)

    def begin(self, record: RunRecord) -> None:
        """Look for the largest batch that fits in the place of one that did not."""
        self._waiting = None
        request = BatchSearchRequest(record.request)
        command = AgentCommand("largest_batch", request, python=self._session.python)
        follower = self._session.start_run(self._owner, command)
        if follower is not None:
            self._searched = record
            self._shown.follow(follower)

    def keep(self, found: LargestBatch | None) -> None:
        """Keep with the run what the search came to."""
        if self._searched is not None:
            self._searched.largest_batch = found
