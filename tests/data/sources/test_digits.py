import numpy as np
import pytest


def test_a_fifth_of_each_class_is_the_test_part(load):
    digits = load("digits")
    assert (digits.train.rows, digits.test.rows) == (1438, 359)
    train, test = (np.bincount(part["y"]) for part in (digits.train, digits.test))
    assert np.abs(test - (train + test) / 5).max() <= 0.5
    assert digits.origin == "scikit-learn's digits"


def test_images_are_as_they_come(load):
    x = load("digits").train["x"]
    assert (x.shape, x.dtype, x.min(), x.max()) == ((1438, 8, 8), np.uint8, 0, 16)


def test_the_parts_are_the_same_for_every_seed(load):
    assert load("digits", seed=1).fingerprint == load("digits", seed=2).fingerprint


def test_images_can_take_the_place_of_mnist(load):
    x = load("digits", image_size=[28, 28]).train["x"]
    assert (x.shape, x.dtype) == ((1438, 28, 28), np.uint8)
    assert x.max() == 255
    frame = x.astype(int)
    frame[:, 4:24, 4:24] = 0
    assert not frame.any()
    assert 0.1 < x.mean() / 255 < 0.2  # MNIST: 0.13


@pytest.mark.parametrize("size", [28, [28], [0, 28], [28, 28, 1], ["28", "28"]])
def test_a_size_that_is_none_is_refused(size, refusal):
    error = refusal("digits", image_size=size)
    assert error.message == f"expected [height, width] as positive integers, got {size!r}"
    assert error.argument == "image_size"
