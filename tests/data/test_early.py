import threading

import numpy as np
import pytest

from kspec.data import early
from kspec.data.early import EarlyReading
from kspec.spec.problems import SpecError


@pytest.fixture
def reading(spec_of, tmp_path):
    def begin(data):
        found = spec_of(data=data)
        return EarlyReading.begin(found, folder=tmp_path, seed=0)

    return begin


def test_files_are_read_by_a_thread_and_told_of_once_they_are_waited_for(reading, tmp_path, monkeypatch):
    np.savez(tmp_path / "rows.npz", x=np.arange(6.0), y=np.arange(6))
    load, threads = early.load_parts, []

    def noted(data, context):
        threads.append(threading.current_thread())
        return load(data, context)

    monkeypatch.setattr(early, "load_parts", noted)
    parts = reading({"source": {"npz": "rows.npz"}}).parts()
    assert parts.train["x"].tolist() == list(range(6)) and threads != [threading.current_thread()]


def test_a_fault_is_raised_where_rows_are_waited_for(reading, tmp_path):
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n3\n")
    with pytest.raises(SpecError, match=r"rows\.csv"):
        reading({"source": {"csv": "rows.csv"}}).parts()


def test_a_fallback_is_left_to_the_main_thread(reading):
    assert reading({"source": {"csv": "missing.csv"}, "fallback": "digits"}).parts() is None


def test_what_needs_other_libraries_waits_for_them(reading, monkeypatch, tmp_path):
    monkeypatch.setenv("KSPEC_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for source in ("digits", "mnist", "imdb"):
        assert reading({"source": source}) is None
