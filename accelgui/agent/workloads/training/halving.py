"""Which batch to try next, so that the largest that fits is found in few attempts."""

from __future__ import annotations

from typing import Optional

# The answer may be this much below the largest there is: each halving of it costs an attempt.
_REFINED = 8

# Hardware likes whole groups of samples, and people like round numbers.
_GROUP = 8


class Halving:
    """Half of what did not fit until something does, then the middle between the two.

    `fits` is the largest that was seen to fit, `fails` the smallest that did not.
    """

    def __init__(self, fails: int) -> None:
        self.fits: Optional[int] = None
        self.fails = fails

    @property
    def next(self) -> Optional[int]:
        """The batch to try, None where no further attempt is worth it."""
        if self.fits is None:
            return self.fails // 2 or None
        gap = self.fails - self.fits
        if gap <= max(1, self.fits // _REFINED):
            return None
        middle = self.fits + gap // 2
        rounded = middle // _GROUP * _GROUP
        return rounded if rounded > self.fits else middle

    @property
    def attempts_left(self) -> int:
        """How many attempts may follow at most."""
        if self.fits is None:
            return max(0, self.fails.bit_length() - 1) + _REFINED.bit_length() - 1
        trial, attempts = Halving(self.fails), 0
        trial.fits = self.fits
        while (batch_size := trial.next) is not None:
            trial.note(batch_size, fits=False)
            attempts += 1
        return attempts

    def note(self, batch_size: int, *, fits: bool) -> None:
        """Take what an attempt came to."""
        if fits:
            self.fits = batch_size
        else:
            self.fails = batch_size
