"""Warnings on the command line: shown and not fatal, unless `--strict` is given."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """\
data: {source: iris}
model: {layers: [{Dropout: 0.95}, {Dense: {units: 3, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy}
"""
WARNED = "spec.yaml:2:28: warning: Dropout drops 0.95 of its input"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "kspec", *arguments]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def test_a_warning_does_not_make_a_spec_wrong(folder: Path) -> None:
    done = run(folder, "validate", "--static", "spec.yaml")
    assert done.returncode == 0
    assert done.stdout.startswith(WARNED)
    assert "\n1 warning\nspec.yaml: is right as far as can be seen without building it\n" in done.stdout
    assert done.stderr == ""


def test_strict_makes_it_wrong(folder: Path) -> None:
    done = run(folder, "validate", "--static", "--strict", "spec.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith(WARNED.replace("warning", "error"))
    assert "is right" not in done.stdout


def test_an_ignored_warning_is_none_even_where_it_is_strict(folder: Path) -> None:
    text = SPEC.replace("softmax}}]}", "softmax}}]}  # kspec: ignore high-dropout")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    done = run(folder, "validate", "--static", "--strict", "spec.yaml")
    assert done.returncode == 0
    assert "warning" not in done.stdout


def test_json_tells_the_severity(folder: Path) -> None:
    for arguments, severity, code in (([], "warning", 0), (["--strict"], "error", 2)):
        done = run(folder, "validate", "--static", "--json", *arguments, "spec.yaml")
        assert done.returncode == code
        (problem,) = json.loads(done.stdout)["problems"]
        assert (problem["code"], problem["severity"]) == ("high-dropout", severity)


def test_strict_training_does_not_begin(folder: Path) -> None:
    done = run(folder, "train", "--strict", "spec.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith(WARNED.replace("warning", "error"))
    assert not (folder / "runs").exists()
