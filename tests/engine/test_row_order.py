"""The order of rows: another one in every epoch, the same in all runs of a seed, another one for another seed."""

import numpy as np
import pytest

from kspec import catalogue
from kspec.engine.batching import training_rows
from kspec.engine.building.build import build, read_data
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

ROWS = 400

SPEC = """
data: {train: {csv: rows.csv}, targets: y}
model: {layers: [{Dense: 1}]}
compile: {loss: mse}
fit: {batch_size: 16}
runtime: {memory: MEMORY}
"""


@pytest.mark.parametrize(("memory", "streamed"), [("1 GB", False), ("1 kB", True)], ids=["in memory", "streamed"])
def test_orders_differ_between_epochs_and_seeds_and_not_between_runs(tmp_path, memory, streamed):
    lines = [f"{number},{number}" for number in range(ROWS)]
    (tmp_path / "rows.csv").write_text("\n".join(["x,y", *lines]) + "\n")
    spec = read_spec(read_text("spec.yaml", SPEC.replace("MEMORY", memory)), catalogue.load(), folder=tmp_path).spec

    def orders(seed):
        """Return what each of three epochs sees, in a run of its own."""
        data = read_data(spec, folder=tmp_path, seed=seed)
        assert bool(data.streamed) == streamed
        rows = training_rows(spec, build(spec, data), data.train, seed)
        found = []
        for epoch in range(3):
            rows.begin(epoch)
            found.append(tuple(np.concatenate([batch[-1].numpy().ravel() for batch in rows.dataset]).astype(int)))
        return found

    first, again, other = orders(1), orders(1), orders(2)
    assert all(sorted(order) == list(range(ROWS)) for order in [*first, *other])
    assert first == again
    assert len({*first, *other}) == 6
