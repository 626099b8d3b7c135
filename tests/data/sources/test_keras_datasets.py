"""The data sets that come through Keras. The only module here that imports it, and no test opens a connection."""

import gzip
import socket
import zlib

import numpy as np
import pytest

NAMES = ["mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters", "california_housing"]


@pytest.fixture
def offline(no_data, monkeypatch):
    """A machine without the data and without a network."""

    def refuse(*arguments, **named):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def keras_gives(monkeypatch):
    """Stand in for `load_data` of one of Keras' data sets; returns the arguments with which it was called."""

    def keras_gives(name, parts):
        import keras

        called = {}

        def load_data(**arguments):
            called.update(arguments)
            if isinstance(parts, Exception):
                raise parts
            return parts

        monkeypatch.setattr(getattr(keras.datasets, name), "load_data", load_data)
        return called

    return keras_gives


@pytest.mark.parametrize("name", NAMES)
def test_offline_it_is_unavailable_and_nothing_is_shown(name, offline, refusal, capsys):
    error = refusal(name)
    assert error.unavailable
    assert error.message == (
        f"`{name}` is not on this machine and cannot be downloaded: [Errno -2] Name or service not known"
    )
    assert error.hint.startswith("put ")
    assert " into keras/datasets" in error.hint
    assert capsys.readouterr().out == ""


def test_the_way_out_is_named(offline, refusal):
    assert refusal("mnist").hint == "put mnist.npz into keras/datasets or name it with `path:`"


def test_a_connection_that_breaks_is_unavailable_and_the_timeout_is_put_back(no_data, keras_gives, refusal):
    keras_gives("mnist", TimeoutError("timed out"))
    assert refusal("mnist").unavailable
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("fault", [ValueError("Incomplete or corrupted file detected"), zlib.error("torn"), EOFError()])
def test_a_wrong_file_in_the_cache_is_not_unavailable(fault, no_data, keras_gives, refusal):
    keras_gives("cifar10", fault)
    error = refusal("cifar10")
    assert "cannot be read" in error.message
    assert not error.unavailable


def test_cifar_labels_are_flat_and_named(no_data, keras_gives, load):
    part = (np.zeros((2, 32, 32, 3), np.uint8), np.array([[3], [99]], np.uint8))
    called = keras_gives("cifar100", (part, part))
    cifar = load("cifar100")
    assert called == {"label_mode": "fine"}
    assert cifar.train["y"].tolist() == [3, 99]
    assert (len(cifar.labels), cifar.labels[3], cifar.labels[99]) == (100, "bear", "worm")
    assert len(load("cifar100", label_mode="coarse").labels) == 20
    keras_gives("cifar10", (part, part))
    assert load("cifar10").labels[3] == "cat"


def reviews(*texts):
    return np.array([*map(list, texts), None], dtype=object)[:-1], np.array([0, 1])


def test_reviews_are_padded_and_cut_and_none_is_dropped(no_data, keras_gives, load):
    called = keras_gives("imdb", (reviews([1, 5], [1, 6, 7, 8]), reviews([1], [1, 9])))
    imdb = load("imdb", num_words=20000, maxlen=3)
    assert imdb.train["x"].tolist() == [[0, 1, 5], [6, 7, 8]]
    assert imdb.train["x"].dtype == np.int32
    assert imdb.train["y"].tolist() == [0, 1]
    assert imdb.labels == ("negative", "positive")
    assert "maxlen" not in called
    assert called["num_words"] == 20000
    post = load("imdb", maxlen=3, padding="post", truncating="post")
    assert post.train["x"].tolist() == [[1, 5, 0], [1, 6, 7]]


def test_without_maxlen_both_parts_are_as_long_as_the_longest(no_data, keras_gives, load):
    keras_gives("reuters", (reviews([1], [1, 2]), reviews([1, 2, 3, 4], [1])))
    reuters = load("reuters")
    assert reuters.train["x"].shape == reuters.test["x"].shape == (2, 4)
    assert (len(reuters.labels), reuters.labels[0]) == (46, "cocoa")


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("imdb", {"maxlen": 0}, "expected a positive integer, got 0"),
        ("imdb", {"padding": "left"}, "expected `pre` or `post`, got 'left'"),
        ("reuters", {"test_split": 1.0}, "expected a number between 0 and 1, got 1.0"),
        ("cifar100", {"label_mode": "both"}, "expected `fine` or `coarse`, got 'both'"),
        ("california_housing", {"version": "tiny"}, "expected `large` or `small`, got 'tiny'"),
    ],
)
def test_wrong_arguments_are_refused_before_keras_is_asked(source, arguments, message, refusal):
    error = refusal(source, **arguments)
    assert (error.message, error.argument) == (message, next(iter(arguments)))


def test_california_housing_is_parted_as_keras_does(no_data, load, refusal, monkeypatch):
    rows = np.arange(20640, dtype=np.float32)
    path = no_data / "california_housing.npz"
    np.savez(path, x=np.repeat(rows[:, None], 8, axis=1), y=rows)
    from keras.src.datasets import california_housing as original

    monkeypatch.setattr(original, "get_file", lambda *arguments, **named: path)
    for version in ("large", "small"):
        (x_train, y_train), (x_test, y_test) = original.load_data(version=version)
        housing = load("california_housing", version=version)
        for found, expected in ((housing.train, (x_train, y_train)), (housing.test, (x_test, y_test))):
            assert np.array_equal(found["x"], expected[0])
            assert np.array_equal(found["y"], expected[1])
    np.savez(path, x=np.zeros((5, 8)), y=np.zeros(5))
    assert refusal("california_housing").message == (
        "`known/california_housing.npz` is not California Housing: "
        "expected `x` as floats of shape (20640, 8), found float64 of shape (5, 8)"
    )


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">i4").tobytes()
    path.write_bytes(gzip.compress(header + array.tobytes(), compresslevel=1))


def test_fashion_mnist_is_read_from_its_files(no_data, load, refusal):
    folder = no_data / "fashion-mnist"
    folder.mkdir()
    for name, rows in (("train", 60000), ("t10k", 10000)):
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", np.full((rows, 28, 28), 7, np.uint8))
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", np.full(rows, 9, np.uint8))
    clothes = load("fashion_mnist")
    assert (clothes.train["x"].shape, clothes.test["y"].shape) == ((60000, 28, 28), (10000,))
    assert clothes.labels[clothes.test["y"][0]] == "Ankle boot"
    write_idx(folder / "t10k-labels-idx1-ubyte.gz", np.full(9999, 9, np.uint8))
    assert refusal("fashion_mnist").message == (
        "`known/fashion-mnist/t10k-labels-idx1-ubyte.gz` is not Fashion-MNIST: "
        "expected 10,008 bytes, uint8 of shape (10000,), found 10,007"
    )
