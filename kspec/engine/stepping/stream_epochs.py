"""Training rows that do not fit into memory, epoch by epoch."""

from __future__ import annotations

from kspec.data.part import StreamedPart
from kspec.data.stream_order import epoch_windows
from kspec.engine.stepping.stream_steps import StreamedSteps, Windows


class StreamedEpochs:
    """Training rows that are read in the order of each epoch; the next epoch begins to be read while one ends.

    Args:
        steps: The steps.
        part: The rows.
        seed: Seed of the order.
        shuffle: Whether the rows are put into a new order for every epoch.
        epochs: Number of the last epoch; nothing is read ahead of it.
    """

    def __init__(self, steps: StreamedSteps, part: StreamedPart, *, seed: int, shuffle: bool, epochs: int) -> None:
        self.by_steps = steps
        self.steps = steps.count
        self.batch_size = steps.batch_size
        self._part = part
        self._seed = seed
        self._shuffle = shuffle
        self.epochs = epochs
        self._coming: int | None = None

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self.by_steps.rows, self.steps * self.batch_size)

    def shorten(self, steps: int) -> None:
        """End an epoch after so many steps, if it has more."""
        self.close()
        self.steps = self.by_steps.count = min(self.steps, steps)

    def close(self) -> None:
        """Read no more, until an epoch begins."""
        self.by_steps.close()
        self._coming = None

    def begin(self, epoch: int) -> None:
        """Choose the order of an epoch, counted from 0."""
        if epoch != self._coming or epoch >= self.epochs or not self.by_steps.done:
            self.by_steps.read(self._every(epoch))
        self._coming = epoch + 1

    def check(self) -> None:
        """Raise what went wrong while rows were read: nothing, for a step that wants them raises it."""

    def _every(self, first: int) -> Windows:
        for epoch in range(first, max(self.epochs, first + 1)):
            order = (self._seed, epoch) if self._shuffle else None
            yield from self.by_steps.windows_of(epoch_windows(self._part, self.batch_size, order))
