"""What tests of training share."""

import pytest

from kspec.commands import job as jobs
from kspec.commands import training


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave out what takes time and decides nothing."""
    monkeypatch.setattr(training, "draw_run_history", lambda *given, **named: None)
    monkeypatch.setattr(training, "write_report", lambda *given, **named: None)
    monkeypatch.setattr(jobs, "draw_outlined", lambda *given, **named: None)
    monkeypatch.setattr("kspec.commands.evaluation_files.write_judgement", lambda *given, **named: ())
