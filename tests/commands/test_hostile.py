"""Specs, and files that they name, that mean harm: refused, and a canary file untouched."""

import base64
import json
import marshal
import os
import zipfile
from pathlib import Path

import keras
import pytest

import kspec
from kspec.commands.opening import open_run
from kspec.runs.folder import claim
from kspec.runs.manifest import Manifest
from kspec.spec.problems import SpecError

REST = """
data: {source: {random: {rows: 20, x: {shape: [4]}, y: {shape: [1]}}}}
compile: {optimizer: sgd, loss: mse}
"""
MODEL = "model: {layers: [{Dense: 1}]}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder for specs, below one with a canary."""
    (tmp_path / "canary").write_text("alive", encoding="utf-8")
    inside = tmp_path / "work"
    inside.mkdir()
    return inside


def kill(folder: Path) -> str:
    """Return Python code that would kill the canary."""
    return f"open({str(folder.parent / 'canary')!r}, 'w').write('dead')"


def evil_function(folder: Path):
    """Return a function whose code kills the canary, as Keras stores lambdas."""
    return eval(f"lambda x: ({kill(folder)}, x)[1]")


def evil_model(folder: Path, name: str) -> str:
    """Write a saved model that holds Python code, and return its name."""
    layers = [keras.Input((4,)), keras.layers.Lambda(lambda x: x, output_shape=(4,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    config = json.loads(model.to_json())
    code = base64.b64encode(marshal.dumps(evil_function(folder).__code__)).decode()
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "Lambda":
            layer["config"]["function"]["config"]["code"] = code
    target = folder / name
    if name.endswith(".json"):
        target.write_text(json.dumps(config), encoding="utf-8")
        return name
    plain = folder / f"plain{target.suffix}"
    model.save(plain)
    if name.endswith(".h5"):
        import h5py

        with h5py.File(plain, "r+") as archive:
            archive.attrs["model_config"] = json.dumps(config)
        plain.rename(target)
        return name
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.namelist():
            new.writestr(item, json.dumps(config) if item == "config.json" else old.read(item))
    return name


HOSTILE = {
    "a tag": lambda f: f'name: !!python/object/apply:os.system ["{kill(f)}"]\n' + MODEL,
    "a lambda": lambda f: f'model: {{layers: [{{Lambda: "lambda x: {kill(f)}"}}]}}\n',
    "a module": lambda f: (
        "model: {layers: [{Dense: {units: 1, activation: {module: builtins, class_name: eval, "
        f'config: {{source: "{kill(f)}"}}}}}}}}]}}\n'
    ),
    "a class of a module": lambda f: "model: {layers: [{module: os, class_name: system, config: {command: id}}]}\n",
    "an expression": lambda f: "vars: {a: 1}\nmodel: {layers: [{Dense: $(__import__('os').system('id') + 1)}]}\n",
    "a SavedModel": lambda f: "model: {layers: [{TFSMLayer: {filepath: /tmp}}]}\n",
    "a saved lambda": lambda f: f"model: {{load: {evil_model(f, 'evil.keras')}}}\n",
    "a saved lambda of the old kind": lambda f: f"model: {{load: {evil_model(f, 'evil.h5')}}}\n",
    "a lambda in JSON": lambda f: (
        f"model: {{input: [4], layers: [{{load: {evil_model(f, 'evil.json')}}}, {{Dense: 1}}]}}\n"
    ),
    "words of the system": lambda f: MODEL.replace("{Dense: 1}", "{StringLookup: {vocabulary: ../canary}}, {Dense: 1}"),
    "a run beside the runs": lambda f: "name: ../../canary\n" + MODEL,
    "a log over a file": lambda f: f"callbacks: [{{CSVLogger: {f.parent / 'canary'}}}]\n" + MODEL,
    "a checkpoint over a file": lambda f: "callbacks: [{ModelCheckpoint: {filepath: ../../../canary.keras}}]\n" + MODEL,
    "code in the spec": lambda f: "code: evil.py\n" + MODEL,
    "a base on the network": lambda f: "extends: http://localhost/base.yaml\n" + MODEL,
    "a path that is a command": lambda f: "model: {load: '|touch canary.keras'}\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "evil.py").write_text(kill(folder), encoding="utf-8")
    text = HOSTILE[name](folder)
    rest = "".join(line + "\n" for line in REST.strip().splitlines())
    (folder / "spec.yaml").write_text(text + rest, encoding="utf-8")
    before = {path: path.stat().st_size for path in folder.parent.rglob("*") if path.is_file()}
    with pytest.raises(SpecError) as raised:
        kspec.train("spec.yaml")
    assert all(problem.span is not None for problem in raised.value.problems)
    assert (folder.parent / "canary").read_text(encoding="utf-8") == "alive"
    after = {path: path.stat().st_size for path in folder.parent.rglob("*") if path.is_file()}
    assert after == before, "nothing is written"
    assert not os.path.lexists(folder / "runs")


NAMES = [
    "..", ".", "../x", "../../canary", "a/b", "a\\b", "/etc/x", "C:x", "a/../b", "...", "a..b", "a.", ".hidden", "-x",
    "--name", "a\0b", "a\nb", "a\rb", "a\tb", "a\x1b[2Jb", "a\x7fb", "\u202etxt", "a\u200bb", "ä", "名", "", " ",
    "a b", " a", "a ", "x" * 65, "x" * 300, "CON", "con", "nul.txt", "COM1", "lpt9", "aux.a", "a:b", "a*b", "a?b",
    "a|b", "a<b", 'a"b', "~", "~root", "$HOME", "%x", "http://x",
]  # fmt: skip


@pytest.mark.parametrize("said", ["by the command", "by the spec"])
def test_names_that_lead_elsewhere_or_nowhere_are_refused(folder, monkeypatch, said):
    monkeypatch.chdir(folder)
    before = sorted(folder.parent.rglob("*"))
    for name in NAMES:
        spec = {"model": {"layers": [{"Dense": 1}]}, **({"name": name} if said == "by the spec" else {})}
        (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        with pytest.raises(SpecError) as raised:
            kspec.train("spec.json", name=name if said == "by the command" else None)
        assert {problem.code for problem in raised.value.problems} & {"bad-name", "control-character"}, name
        assert sorted(folder.parent.rglob("*")) == [*before, folder / "spec.json"]
        (folder / "spec.json").unlink()


def test_a_link_where_a_run_would_lie_is_passed_over(folder):
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    runs = folder / "runs"
    runs.mkdir()
    (runs / "a-1").symlink_to(elsewhere)
    (runs / "a-2").symlink_to(folder / "gone")
    assert claim(runs, "a").path == runs / "a-3"
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("entry", ["evaluation", "summary.txt", "extra/log.csv"])
def test_a_run_with_a_link_to_elsewhere_is_not_opened(folder, entry):
    run = claim(folder / "runs", "a")
    Manifest(name="a-1", folder=str(folder)).write(run)
    run.resolved.write_text("model: {layers: [{Dense: 1}]}\n", encoding="utf-8")
    assert open_run(run).manifest.name == "a-1"
    link = run.path / entry
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(folder.parent / "canary")
    with pytest.raises(SpecError, match="is a link: a run is read and written in its own folder only"):
        open_run(run)


def test_the_canary_would_die(folder):
    evil_function(folder)(1)
    assert (folder.parent / "canary").read_text(encoding="utf-8") == "dead"
