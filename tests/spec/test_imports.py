"""Checking a spec imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

VALID = Path(__file__).parents[1] / "specs" / "valid"
HEAVY = ("tensorflow", "keras", "numpy", "matplotlib", "pandas", "sklearn", "jax", "torch")

PROGRAM = """
import sys
from kspec.cli import main
sys.argv = ["kspec", "validate", "--static", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    code = end.code
else:
    code = 0
loaded = [name for name in %r if name in sys.modules]
sys.exit(f"imported: {loaded}" if loaded else code)
"""


def test_static_validation_imports_nothing_heavy() -> None:
    files = [str(path) for path in sorted(VALID.iterdir())]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % (HEAVY,), *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    broken = str(VALID.parent / "invalid" / "unknown-argument" / "misspelt.yaml")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % (HEAVY,), broken], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "did you mean `activation`?" in done.stderr
