import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

REAL = Path(os.environ.get("KSPEC_DATA", "/nowhere")) / "mnist.npz"


def write(path: Path, **changes: object) -> None:
    arrays = {
        "x_train": np.zeros((60000, 28, 28), np.uint8),
        "y_train": np.arange(60000, dtype=np.uint32).astype(np.uint8) % 10,
        "x_test": np.zeros((10000, 28, 28), np.uint8),
        "y_test": np.arange(10000, dtype=np.uint32).astype(np.uint8) % 10,
    } | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **{name: array for name, array in arrays.items() if array is not None})


@pytest.mark.parametrize("place", ["known/mnist.npz", "keras/datasets/mnist.npz"])
def test_it_is_found_where_it_lies(place, no_data, load, tmp_path):
    write(tmp_path / place)
    mnist = load("mnist")
    assert (mnist.train.rows, mnist.test.rows) == (60000, 10000)
    assert mnist.train["x"].shape == (60000, 28, 28)
    assert mnist.train["x"].dtype == mnist.train["y"].dtype == np.uint8
    assert mnist.origin == f"MNIST from {tmp_path / place}"
    assert mnist.paths == (tmp_path / place,)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"x_train": np.zeros((10, 28, 28), np.uint8)},
            "expected `x_train` as uint8 of shape (60000, 28, 28), found uint8 of shape (10, 28, 28)",
        ),
        (
            {"x_test": np.zeros((10000, 784), np.float32)},
            "expected `x_test` as uint8 of shape (10000, 28, 28), found float32 of shape (10000, 784)",
        ),
        (
            {"y_test": None},
            "expected `y_test` as uint8 of shape (10000,), found only x_train, y_train, x_test",
        ),
        ({"y_train": np.full(60000, 17, np.uint8)}, "expected labels from 0 to 9 in `y_train`, found 17"),
    ],
)
def test_a_wrong_file_is_named_and_refused(changes, reason, no_data, refusal):
    write(no_data / "mnist.npz", **changes)
    error = refusal("mnist")
    assert error.message == f"`known/mnist.npz` is not MNIST: {reason}"
    assert error.hint == "remove the file, or put Keras' mnist.npz there"
    assert not error.unavailable


def test_half_a_file_is_refused(no_data, refusal, tmp_path):
    write(tmp_path / "half.npz")
    data = (tmp_path / "half.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(data[: len(data) // 2])
    error = refusal("mnist", path="half.npz")
    assert error.message == "`half.npz` is not a whole NumPy archive (.npz): File is not a zip file"
    assert (error.argument, error.unavailable) == ("path", False)


def test_a_path_that_is_not_there_is_unavailable(no_data, refusal, tmp_path):
    (tmp_path / "mnist.npz").touch()
    error = refusal("mnist", path="minst.npz")
    assert str(error) == "there is no file `minst.npz`; did you mean `mnist.npz`?"
    assert (error.argument, error.unavailable) == ("path", True)


def test_pickled_arrays_are_never_read(no_data, refusal, tmp_path):
    canary = tmp_path / "canary"

    class Gadget:
        def __reduce__(self):
            return os.mkdir, (str(canary),)

    write(no_data / "mnist.npz", x_train=np.array([Gadget()], dtype=object))
    assert "found object of shape (1,)" in refusal("mnist").message
    assert not canary.exists()


@pytest.mark.skipif(not REAL.is_file(), reason="$KSPEC_DATA has no mnist.npz")
def test_the_real_one_is_read_without_importing_keras():
    program = (
        "import sys; from pathlib import Path; from kspec.data.sources import SOURCES, SourceContext\n"
        "mnist = SOURCES['mnist'](SourceContext(folder=Path()))\n"
        "print(mnist.train['y'][:5].tolist(), int(mnist.test['x'].max()), {'keras', 'tensorflow'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "[5, 0, 4, 1, 9] 255 set()\n"
