"""Weights and models that were damaged or made to harm: refused with their place and a reason, read by nobody."""

from __future__ import annotations

import contextlib
import json
import pickle
import re
import shutil
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import kspec
from kspec.data.saved_models import save_model
from kspec.engine.training import load_model
from kspec.spec.problems import SpecError

LAYERS = "layers: [{Dense: {units: 3, name: body}}, {Dense: {units: 2, name: head}}]"
FORMS = {"w.weights.h5": "layers/dense", "w.keras": "layers/dense", "w.h5": "model_weights/body/net/body"}
"""Each kind of file with weights, and where its first layer lies in it."""

KERNELS = {"w.weights.h5": "vars/0", "w.keras": "vars/0", "w.h5": "kernel"}
MEBIBYTES = 100
"""Memory that refusing a file may take; each of the bombs would take ten times as much."""


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with the weights of a model in each form."""
    folder = tmp_path_factory.mktemp("good")
    layers = [keras.Input((4,)), keras.layers.Dense(3, name="body"), keras.layers.Dense(2, name="head")]
    model = keras.Sequential(layers, name="net")
    model.save_weights(folder / "w.weights.h5")
    model.save(folder / "w.keras")
    model.save(folder / "w.h5")
    return folder


@pytest.fixture
def folder(good, tmp_path):
    """A copy of that folder, beside a canary that nobody may read or change."""
    shutil.copytree(good, tmp_path / "work")
    (tmp_path / "canary").write_bytes(np.arange(12, dtype=np.float32).tobytes())
    return tmp_path / "work"


def changed(folder: Path, name: str, change) -> None:
    """Change the HDF5 file that is, or that lies in, a file."""
    if not name.endswith(".keras"):
        with h5py.File(folder / name, "r+") as archive:
            change(archive)
        return
    inner = folder / "inner.h5"
    with zipfile.ZipFile(folder / name) as old:
        members = {item: old.read(item) for item in old.namelist()}
    inner.write_bytes(members["model.weights.h5"])
    with h5py.File(inner, "r+") as archive:
        change(archive)
    members["model.weights.h5"] = inner.read_bytes()
    inner.unlink()
    with zipfile.ZipFile(folder / name, "w") as new:
        for item, content in members.items():
            new.writestr(item, content)


def with_kernel(make):
    """Return a change that puts another thing in the place of the first kernel."""

    def change(archive, name):
        layer, kernel = archive[FORMS[name]], KERNELS[name]
        attributes = dict(layer[kernel].attrs)
        del layer[kernel]
        make(layer, kernel, Path(archive.filename).parent.parent / "canary")
        if isinstance(layer.get(kernel, getlink=True), h5py.HardLink):
            layer[kernel].attrs.update(attributes)

    return change


def external(layer, kernel, canary):
    layer[kernel] = h5py.ExternalLink(str(canary), "/x")


def soft(layer, kernel, canary):
    layer[kernel] = h5py.SoftLink("/layers")


def elsewhere(layer, kernel, canary):
    layer.create_dataset(kernel, (4, 3), "f4", external=[(str(canary), 0, 48)])


def virtual(layer, kernel, canary):
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource(str(canary), "x", (4, 3))
    layer.create_virtual_dataset(kernel, layout)


def bomb(layer, kernel, canary):
    layer.create_dataset(kernel, (1 << 20, 1 << 20), "f4")


def packed_bomb(layer, kernel, canary):
    layer.create_dataset(kernel, (1 << 14, 1 << 14), "f4", chunks=(1 << 10, 1 << 10), compression="gzip")
    layer[kernel][: 1 << 12, : 1 << 12] = np.ones((1 << 12, 1 << 12), np.float32)


def texts(layer, kernel, canary):
    layer.create_dataset(kernel, (4, 3), h5py.string_dtype())


def whole_numbers(layer, kernel, canary):
    layer[kernel] = np.ones((4, 3), np.int64)


def not_finite(layer, kernel, canary):
    values = np.ones((4, 3), np.float32)
    values[2, 1] = np.nan
    layer[kernel] = values


def other_shape(layer, kernel, canary):
    layer[kernel] = np.ones((5, 3), np.float32)


def missing(layer, kernel, canary):
    pass


HARMFUL = {
    "a link to another file": (external, "unsafe-file", "is a link to another file"),
    "a link inside": (soft, "unsafe-file", "is a link to `/layers`"),
    "values in another file": (elsewhere, "unsafe-file", "lie in another file"),
    "put together from others": (virtual, "unsafe-file", "put together from other files"),
    "declared and not there": (bomb, "unsafe-file", "1048576 x 1048576 float32, 4.4 TB, and the file holds 0 B of it"),
    "packed": (packed_bomb, "unsafe-file", "1.07 GB, and the file holds"),
    "texts": (texts, "unsafe-file", "holds texts or references, not numbers"),
    "not finite": (not_finite, "bad-weights", "has NaN or infinity"),
    "another shape": (other_shape, None, "(5, 3)"),
    "no kernel": (missing, None, ""),
}


@contextlib.contextmanager
def little_memory():
    """See that a block never has much more memory than there was at its beginning."""
    status = Path("/proc/self/status")
    if not status.exists():
        yield
        return
    Path("/proc/self/clear_refs").write_text("5")  # forgets the most that there was so far
    before = int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1])
    yield
    assert int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) - before < MEBIBYTES << 10


def refusal(folder: Path, text: str) -> SpecError:
    """Return what a spec is refused with, having seen that this took little memory and harmed nothing."""
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with little_memory(), pytest.raises(SpecError) as raised:
        kspec.build(folder / "spec.yaml")
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before
    (problem,) = raised.value.problems
    assert problem.span is not None
    return problem


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("harm", HARMFUL)
def test_harmful_weights_are_refused(folder, name, harm):
    make, code, said = HARMFUL[harm]
    changed(folder, name, lambda archive: with_kernel(make)(archive, name))
    problem = refusal(folder, f"model: {{input: [4], {LAYERS}, weights: {{load: {name}}}}}\n")
    assert problem.code == (code or "bad-weights")
    assert said in problem.text
    assert f"`{name}`" in problem.text
    if name != "w.weights.h5":
        problem = refusal(folder, f"model: {{input: [4], layers: [{{load: {name}}}]}}\n")
        assert problem.code == (code or "bad-model-file")
        assert f"`{name}`" in problem.text


@pytest.mark.parametrize("name", ["w.weights.h5", "w.keras"])
def test_weights_of_another_type_or_beside_the_layers_are_refused(folder, name):
    spec = f"model: {{input: [4], {LAYERS}, weights: {{load: {name}}}}}\n"
    changed(folder, name, lambda archive: with_kernel(whole_numbers)(archive, name))
    assert "`kernel` is int64 there, and float32 here" in refusal(folder, spec).text

    def more(archive):
        del archive[FORMS[name]]["vars/0"]
        archive[FORMS[name]]["vars/0"] = np.ones((4, 3), np.float32)
        archive[f"{FORMS[name]}/inner/vars/0"] = np.ones(3, np.float32)

    changed(folder, name, more)
    assert f"`{name}` has weights at `layers/dense/inner`, where the model has none" in refusal(folder, spec).text


def test_arrays_that_no_layer_could_take_are_not_read_where_others_are_skipped(folder):
    """Packed a hundredfold, such a file is no bomb by itself; and yet it would take more memory than the model."""

    def grow(archive):
        del archive["layers/dense/vars/0"]
        large = archive.create_dataset(
            "layers/dense/vars/0", (1 << 14, 1 << 14), "f4", chunks=(1 << 10, 1 << 10), compression="gzip"
        )
        large[: 1 << 10, : 3 << 10] = np.random.default_rng(0).random((1 << 10, 3 << 10), np.float32)

    changed(folder, "w.weights.h5", grow)
    spec = folder / "spec.yaml"
    text = f"model: {{input: [4], {LAYERS}, weights: {{load: w.weights.h5, skip_mismatch: true}}}}\n"
    spec.write_text(text, encoding="utf-8")
    with little_memory(), pytest.warns(UserWarning, match="larger than any of the model"):
        model = kspec.build(spec)
    with h5py.File(folder / "w.weights.h5") as archive:
        np.testing.assert_array_equal(model.get_layer("head").kernel, archive["layers/dense_1/vars/0"])


def grown(layer, kernel, canary):
    """Four gigabytes of zeros, packed no more than a hundredfold: by itself, such an array is no bomb."""
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((1 << 10, 1 << 10))
    settings.set_deflate(9)
    space = h5py.h5s.create_simple((1 << 15, 1 << 15))
    made = h5py.h5d.create(layer.id, kernel.encode(), h5py.h5t.IEEE_F32LE, space, settings)
    for number in range(11):  # what is stored need not be what it unpacks to
        made.write_direct_chunk((0, number << 10), bytes(4 << 20))


def named_again(archive):
    """A layer that names one array as often as it takes to fill the memory."""
    archive["model_weights/body"].attrs["weight_names"] = np.array([b"net/body/kernel"] * 4000)
    del archive["model_weights/body/net/body/kernel"]
    archive["model_weights/body/net/body/kernel"] = np.ones((1 << 9, 1 << 9), np.float32)


@pytest.mark.parametrize("by_name", [False, True])
def test_of_old_files_no_array_is_read_that_does_not_fit(folder, by_name):
    changed(folder, "w.h5", lambda archive: with_kernel(grown)(archive, "w.h5"))
    weights = f"{{load: w.h5, skip_mismatch: true, by_name: {str(by_name).lower()}}}"
    (folder / "spec.yaml").write_text(f"model: {{input: [4], {LAYERS}, weights: {weights}}}\n", encoding="utf-8")
    with little_memory(), pytest.warns(UserWarning, match=r"layer `body`: it has the shape \(32768, 32768\) there"):
        model = kspec.build(folder / "spec.yaml")
    with h5py.File(folder / "w.h5") as archive:
        saved = archive["model_weights/head/net/head/kernel"]
        np.testing.assert_array_equal(model.get_layer("head").kernel, saved)
    problem = refusal(folder, f"model: {{input: [4], {LAYERS}, weights: {{load: w.h5}}}}\n")
    assert problem.hint == "`skip_mismatch: true` leaves layers of other shapes as they are"


def test_old_files_in_which_a_layer_names_too_much_are_refused(folder):
    changed(folder, "w.h5", named_again)
    weights = "{load: w.h5, skip_mismatch: true}"
    problem = refusal(folder, f"model: {{input: [4], {LAYERS}, weights: {weights}}}\n")
    assert "layer `body`: it has 4000 variables there, and 2 here" in problem.text
    problem = refusal(folder, "model: {input: [4], layers: [{load: w.h5}]}\n")
    assert (problem.code, "`body` holds more numbers" in problem.text) == ("unsafe-file", True)


@pytest.mark.parametrize("name", ["w.h5", "w.keras"])
def test_whole_models_with_arrays_that_no_layer_takes_are_refused(folder, name):
    changed(folder, name, lambda archive: with_kernel(grown)(archive, name))
    problem = refusal(folder, "model: {input: [4], layers: [{load: NAME}]}\n".replace("NAME", name))
    assert (problem.code, "has 1,073,741,824 values" in problem.text) == ("unsafe-file", True)


@pytest.mark.parametrize("by_name", [False, True])
def test_old_files_are_loaded_as_keras_loads_them(folder, by_name):
    weights = f"{{load: w.h5, by_name: {str(by_name).lower()}}}"
    layers = "layers: [{Dense: {units: 3, name: body}}, {BatchNormalization: {name: norm}}, {Dense: {units: 2}}]"
    layers = layers if by_name else LAYERS
    (folder / "spec.yaml").write_text(f"model: {{input: [4], {layers}, weights: {weights}}}\n", encoding="utf-8")
    model = kspec.build(folder / "spec.yaml")
    twin = keras.models.clone_model(model)
    twin.set_weights([np.full_like(values, 7) for values in model.get_weights()])
    twin.load_weights(folder / "w.h5", **({"by_name": True} if by_name else {}))
    assert not (np.asarray(twin.layers[0].kernel) == 7).any()
    for ours, theirs in zip(model.layers[0].get_weights(), twin.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    if not by_name:
        np.testing.assert_array_equal(model.layers[-1].kernel, twin.layers[-1].kernel)


@pytest.mark.parametrize("name", FORMS)
def test_files_that_are_cut_short_are_refused(folder, name):
    content = (folder / name).read_bytes()
    for size in (0, 1, 100, len(content) // 2, len(content) - 1):
        (folder / name).write_bytes(content[:size])
        problem = refusal(folder, f"model: {{input: [4], {LAYERS}, weights: {{load: {name}}}}}\n")
        assert problem.code in ("unsafe-file", "bad-weights")


class Harm:
    """An object that changes the canary when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return Path.write_text, (self.canary, "dead")


def test_pickles_in_a_saved_model_are_refused_and_not_run(folder):
    (folder.parent / "second").write_text("alive")
    objects = np.empty(1, dtype=object)
    objects[0] = Harm(folder.parent / "second")
    np.savez(folder / "arrays.npz", w=objects)
    with zipfile.ZipFile(folder / "w.keras") as old:
        config = old.read("config.json")
    with zipfile.ZipFile(folder / "w.keras", "w") as new:
        new.writestr("config.json", config)
        new.write(folder / "arrays.npz", "model.weights.npz")
    for model in ("layers: [{load: w.keras}]", f"{LAYERS}, weights: {{load: w.keras}}"):
        problem = refusal(folder, f"model: {{input: [4], {model}}}\n")
        assert problem.code == "unsafe-file"
        assert "`model.weights.npz` is not what a model has" in problem.text
    assert (folder.parent / "second").read_text() == "alive"
    pickle.loads(pickle.dumps(objects))
    assert (folder.parent / "second").read_text() == "dead", "it would have been changed"


@pytest.mark.parametrize("member", ["../evil", "/evil", "assets/../../evil", "C:/evil", "evil.py"])
def test_members_that_no_model_has_are_refused(folder, member):
    with zipfile.ZipFile(folder / "w.keras", "a") as archive:
        archive.writestr(member, "x")
    problem = refusal(folder, "model: {input: [4], layers: [{load: w.keras}]}\n")
    assert problem.code == "unsafe-file"


def test_members_that_unpack_to_much_more_are_refused(folder):
    with zipfile.ZipFile(folder / "w.keras", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/zeros", b"\0" * (100 << 20))
    problem = refusal(folder, "model: {input: [4], layers: [{load: w.keras}]}\n")
    assert "`assets/zeros` of 102 kB unpacks to 105 MB" in problem.text


@pytest.mark.parametrize("name", ["w.keras", "w.h5"])
def test_a_model_that_describes_more_than_it_holds_is_refused(folder, name):
    """It would take all memory before anybody saw that there are no weights for it."""

    def grown(text):
        config = json.loads(text)
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "Dense":
                layer["config"]["units"] = 1 << 30
            layer.pop("build_config", None)
        return json.dumps(config)

    if name == "w.h5":
        with h5py.File(folder / name, "r+") as archive:
            archive.attrs["model_config"] = grown(archive.attrs["model_config"])
    else:
        with zipfile.ZipFile(folder / name) as old:
            members = {item: old.read(item) for item in old.namelist()}
        with zipfile.ZipFile(folder / name, "w") as new:
            for item, content in members.items():
                new.writestr(item, grown(content) if item == "config.json" else content)
    problem = refusal(folder, f"model: {{input: [4], layers: [{{load: {name}}}]}}\n")
    assert problem.code == "unsafe-file"
    assert "it describes a model with 1,152,921," in problem.text


def test_the_models_of_a_run_are_read_to_the_last_byte_as_they_were_written_or_not_at_all(tmp_path):
    path = tmp_path / "best.keras"
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    save_model(model, path)
    for one, other in zip(load_model(path).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    content = path.read_bytes()
    for place in [*range(0, len(content), 101), *range(len(content) - 200, len(content))]:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(SpecError, match=r"damaged-run|best\.keras` cannot be read") as raised:
            load_model(path)
        (problem,) = raised.value.problems
        assert (problem.code, problem.hint) == ("damaged-run", "train anew from `resolved.yaml`")
    path.write_bytes(content[:-1])
    with pytest.raises(SpecError, match="cut short"):
        load_model(path)
    model.save(path)
    with pytest.raises(SpecError, match="its seal is missing"):
        load_model(path)
    path.unlink()
    with pytest.raises(SpecError, match="does not exist"):
        load_model(path)
