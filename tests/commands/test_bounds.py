"""Where a training and what follows it read and write, and that they speak to nobody: seen by Python's own audit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """
name: bounded
seed: 1
data:
  source: {csv: ../data/rows.csv}
  inputs: {field: [a, b], preprocess: [Normalization]}
  targets: kind
model: {layers: [{Dense: 3}, {Dense: {units: 2, activation: softmax}}]}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 1, validation_split: 0.2}
callbacks: [{CSVLogger: extra/log.csv}, {ModelCheckpoint: {filepath: 'kept/{epoch}.keras'}}]
"""

WATCH = """
import json, os, sys

seen = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        way = "write" if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else "read"
        seen.append((way, os.path.realpath(os.fsdecode(arguments[0]))))
    elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.link", "os.symlink"):
        if arguments[-1] == -1:  # otherwise it is a name in an open folder
            names = [os.fsdecode(item) for item in arguments if isinstance(item, (str, bytes))]
            seen.extend(("write", os.path.realpath(name)) for name in names)
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
                   "urllib.Request", "ftplib.connect", "http.client.connect"):
        seen.append(("network", repr(arguments)))
        raise PermissionError("no network")

sys.addaudithook(watch)
import kspec

run = kspec.train("spec.yaml")
kspec.evaluate(run.path)
kspec.predict(run.path, {"a": [1], "b": [2]})
import matplotlib
json.dump({"seen": seen, "fonts": matplotlib.get_cachedir()}, sys.stdout)
"""
SYSTEM = ("/dev", "/proc", "/sys", "/etc", "/usr")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """All that was opened, by how; and the folders that stand for spec, data, home and temporary files."""
    root = tmp_path_factory.mktemp("bounds").resolve()
    places = {name: root / name for name in ("spec", "data", "home", "tmp")}
    for place in places.values():
        place.mkdir()
    (places["spec"] / "spec.yaml").write_text(SPEC, encoding="utf-8")
    rows = "".join(f"{i % 7},{i * 3 % 11},{'yes' if i % 3 else 'no'}\n" for i in range(40))
    (places["data"] / "rows.csv").write_text("a,b,kind\n" + rows, encoding="utf-8")
    for secret in (root / "nobodys.csv", places["data"] / "nobodys.csv", places["home"] / "nobodys.csv"):
        secret.write_text("x", encoding="utf-8")
    environment = {
        "HOME": str(places["home"]), "TMPDIR": str(places["tmp"]), "PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WATCH], cwd=places["spec"], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return found, places


def opened(seen, way, *allowed):
    """Return what was opened in a way and does not lie in one of some folders."""
    found, _ = seen
    return {path for how, path in found["seen"] if how == way and not path.startswith(tuple(map(str, allowed)))}


def test_nothing_is_written_but_the_run(seen):
    found, places = seen
    beside = opened(seen, "write", places["spec"] / "runs", places["tmp"], "/dev/null", found["fonts"])
    # Keras and matplotlib keep their settings and a list of fonts in the home folder, once.
    assert beside <= {
        str(places["home"] / name)
        for name in (".keras", ".keras/keras.json", ".cache", ".config", ".config/matplotlib")
    }
    assert (places["spec"] / "runs" / "bounded-1" / "kept" / "1.keras").exists()


def test_nothing_is_read_but_the_spec_its_data_the_run_and_what_is_installed(seen):
    found, places = seen
    packages = [Path(path).resolve() for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[2])]
    own = [places["spec"], places["data"] / "rows.csv", places["tmp"], found["fonts"], places["home"] / ".keras"]
    assert opened(seen, "read", *own, *packages, *SYSTEM) <= {str(places["home"] / ".config/matplotlib")}
    assert not any("nobodys" in path for _, path in found["seen"])


def test_nobody_is_spoken_to(seen):
    assert not opened(seen, "network")
