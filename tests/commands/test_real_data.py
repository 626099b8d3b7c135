"""Real tables, from a look at their columns to a judged model; without the files nothing is to be seen here."""

import os
import shutil
from pathlib import Path

import pytest

import kspec
from kspec.commands.init import init_table

FOLDER = os.environ.get("KSPEC_DATA")
NAMES = ("penguins.csv", "mpg.csv")
pytestmark = pytest.mark.skipif(
    FOLDER is None or not all((Path(FOLDER) / name).exists() for name in NAMES),
    reason="the tables are in no folder that KSPEC_DATA names",
)


@pytest.mark.parametrize(
    ("name", "target", "metric", "least"),
    [("penguins.csv", "species", "validation.accuracy", 0.97), ("mpg.csv", "mpg", "validation.r2_score", 0.8)],
)
def test_a_real_table_trains_to_a_sane_figure(tmp_path, monkeypatch, name, target, metric, least):
    shutil.copy(Path(FOLDER) / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    starter = init_table(name, targets=[target])
    run = kspec.train(starter.path, runs=tmp_path / "runs")
    assert run.results[metric] > least
