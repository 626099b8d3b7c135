import keras
import numpy as np
import pytest
import tensorflow as tf

from kspec.data.order import TrainingRows, batches, permutation


def seen(rows, epoch):
    """Return the rows that an epoch sees, in order, and the sizes of its batches."""
    rows.begin(epoch)
    found = [batch[0].numpy() for batch in rows.dataset]
    return np.concatenate(found).ravel().tolist(), [len(batch) for batch in found]


def numbered(count, **settings):
    x = np.arange(count, dtype=np.int64)
    return TrainingRows((x, x), **{"batch_size": 4, "seed": 7, "shuffle": True, **settings})


def test_an_epoch_sees_numpys_permutation():
    rows = numbered(10)
    for epoch in (0, 1, 2, 1):
        assert seen(rows, epoch) == (np.random.default_rng([7, epoch]).permutation(10).tolist(), [4, 4, 2])


def test_orders_differ_between_epochs_and_seeds():
    orders = {tuple(permutation(seed, epoch, 50)) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


def test_without_shuffle_the_order_is_that_of_the_data():
    rows = numbered(10, shuffle=False)
    assert seen(rows, 3) == (list(range(10)), [4, 4, 2])


@pytest.mark.parametrize(
    ("steps", "expected", "per_epoch"), [(None, 3, 10), (2, 2, 8), (3, 3, 10), (9, 3, 10)], ids=str
)
def test_the_length_is_known(steps, expected, per_epoch):
    rows = numbered(10, steps=steps)
    assert (rows.steps, rows.rows, rows.rows_per_epoch) == (expected, 10, per_epoch)
    assert int(rows.dataset.cardinality()) == expected
    assert len(seen(rows, 0)[1]) == expected


def test_feeds_are_dicts_of_any_type():
    text = np.array([["a"], ["b"], ["c"]], dtype=object)
    feed = ({"t": text, "i": np.arange(3, dtype=np.uint8)}, {"y": np.arange(3.0)}, {"y": np.ones(3, np.float32)})
    rows = TrainingRows(feed, batch_size=2, seed=0, shuffle=True)
    rows.begin(5)
    x, y, weights = next(iter(rows.dataset))
    order = permutation(0, 5, 3)[:2]
    assert x["t"].dtype == tf.string
    assert x["t"].numpy().tolist() == text[order].astype(bytes).tolist()
    assert x["i"].dtype == tf.uint8
    assert y["y"].numpy().tolist() == order.tolist()
    assert weights["y"].shape == (2,)


def test_fit_takes_a_step_for_each_batch_in_the_order_of_the_epoch():
    rows = numbered(10)
    orders = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            rows.begin(epoch)

    class Remember(keras.layers.Layer):
        def call(self, x):
            tf.py_function(lambda batch: orders.append(batch.numpy().ravel().tolist()), [x], [])
            return x

    model = keras.Sequential([keras.Input((1,)), Remember(), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(10, dtype=np.float32)[:, None]
    rows = TrainingRows((x, x), batch_size=4, seed=7, shuffle=True)
    orders.clear()
    model.fit(rows.dataset, epochs=2, verbose=0, shuffle=False, callbacks=[Watch()])
    flat = [int(row) for batch in orders[-6:] for row in batch]
    assert flat == [*permutation(7, 0, 10).tolist(), *permutation(7, 1, 10).tolist()]


@pytest.mark.parametrize("count", [8, 10])
def test_fit_takes_no_step_on_no_data(count):
    # Keras runs one more optimizer step an epoch where it does not know the length of the data.
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.AdamW(), "mse")
    x = np.ones((count, 1), np.float32)
    rows = TrainingRows((x, x), batch_size=4, seed=0, shuffle=True)
    model.fit(rows.dataset, epochs=3, verbose=0, shuffle=False)
    assert int(model.optimizer.iterations.numpy()) == 3 * rows.steps


def test_batches_keep_the_order():
    dataset = batches((np.arange(5), np.array(["a"] * 5, object)), 2)
    assert [batch[0].numpy().tolist() for batch in dataset] == [[0, 1], [2, 3], [4]]
    assert int(dataset.cardinality()) == 3
