"""Rows in memory are there once: NumPy's array is TensorFlow's tensor."""

import numpy as np
import pytest

from kspec.data.aligned import aligned_as, aligned_empty, is_aligned
from kspec.engine.stepping.steps import Steps


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int64"])
def test_aligned_arrays_are_numpy_s(dtype):
    values = np.arange(24.0).reshape(4, 6)
    array = aligned_as(values, dtype)
    assert array.dtype == dtype and is_aligned(array)
    np.testing.assert_array_equal(array, values.astype(dtype))
    assert not is_aligned(array[1:, 1:]) and not is_aligned(aligned_empty((0, 3), dtype))
    assert aligned_empty((2,), object).tolist() == [None, None]


def test_a_step_sees_the_memory_of_the_rows(monkeypatch):
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(loss="mae")
    y = np.zeros((4, 1), np.float32)

    def error(x):
        steps = Steps(model, model.test_step, (x, y), batch_size=2)
        x[:] = 3  # nothing does so in earnest
        model.reset_metrics()
        return float(steps.take(0, 2)["loss"])

    x = aligned_as(np.ones((4, 2)), "float32")
    assert error(x) == 6
    assert error(aligned_as(np.ones((5, 2)), "float32")[1:]) == 2  # of a copy
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: ["GPU:0"])
    assert error(aligned_as(np.ones((4, 2)), "float32")) == 2
