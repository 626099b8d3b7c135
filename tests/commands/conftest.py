"""What tests of training share."""

import pytest

from kspec.commands.training import fitting as training
from kspec.commands.training import run_folders


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave out what takes time and decides nothing."""
    monkeypatch.setattr(training, "draw_run_history", lambda *given, **named: None)
    monkeypatch.setattr(training, "write_report", lambda *given, **named: None)
    monkeypatch.setattr(run_folders, "draw_outlined", lambda *given, **named: None)
    monkeypatch.setattr("kspec.commands.evaluation_files.write_judgement", lambda *given, **named: ())
