"""The walls of the house: what may be imported where, and when."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kspec

HEAVY = {"tensorflow", "keras", "matplotlib", "pandas", "sklearn", "scipy"}
SPEC = Path(__file__).parent.parent / "configs" / "iris.yaml"

PROGRAM = """
import json, sys
sys.argv = ["kspec", *{arguments!r}]
try:
    from kspec.cli import main
    main()
except SystemExit as error:
    code = error.code
print()
print(json.dumps([code or 0, sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["train", "--help"],
        ["validate", "--static", str(SPEC)],
        ["runs", "--runs", "nowhere"],
        ["explain", "Dense"],
        ["explain", "sweep"],
        ["list", "layers"],
        ["schema"],
        ["init", "mlp", "--output", "-"],
        ["init", str(SPEC.parent / "data" / "wine_train.csv"), "--target", "wine", "--output", "-"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_needs_no_tensorflow_does_not_import_it(arguments):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    assert not HEAVY & set(modules)


def test_importing_the_package_costs_next_to_nothing():
    program = "import json, sys, kspec; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not (HEAVY | {"numpy", "rich", "typer", "yaml"}) & modules


def test_looking_into_the_heads_of_files_does_not_import_tensorflow():
    spec = SPEC.with_name("wine_csv.yaml")
    program = PROGRAM.format(arguments=["validate", "--static", str(spec)])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    assert not (HEAVY | {"pyarrow"}) & set(modules)


def test_nothing_reads_pickles_or_runs_text() -> None:
    """Python code of one's own is run by the one file that is there for it."""
    words = re.compile(
        r"allow_pickle=True|\bimport (pickle|marshal|joblib)|(?<![.\w])(eval|exec)\(|yaml\.(unsafe_|full_)?load\("
    )
    package = Path(kspec.__file__).parent
    found = {
        path.relative_to(package).as_posix(): match[0]
        for path in package.rglob("*.py")
        if (match := words.search(path.read_text(encoding="utf-8")))
    }
    assert found == {"engine/own_code.py": "exec("}
