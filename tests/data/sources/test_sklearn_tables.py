import numpy as np
import pytest


@pytest.mark.parametrize(
    ("name", "train", "test", "width", "labels"),
    [
        ("iris", 120, 30, 4, ("setosa", "versicolor", "virginica")),
        ("wine", 142, 36, 13, ("class_0", "class_1", "class_2")),
        ("breast_cancer", 456, 113, 30, ("malignant", "benign")),
        ("diabetes", 354, 88, 10, None),
    ],
)
def test_tables_have_parts_and_columns_by_name(name, train, test, width, labels, load):
    table = load(name)
    assert (table.train.rows, table.test.rows, table.labels) == (train, test, labels)
    assert table.train.primary == ("x", "y")
    columns = list(table.train)[2:]
    assert len(columns) == width
    assert all(column.isidentifier() for column in columns)
    assert np.array_equal(np.stack([table.test[column] for column in columns], axis=1), table.test["x"])


def test_iris_is_parted_by_class_and_shuffled(load):
    iris = load("iris")
    assert np.bincount(iris.test["y"]).tolist() == [10, 10, 10]
    assert len(set(iris.train["y"][:12])) == 3
    assert list(iris.train)[2:] == ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]


def test_diabetes_can_be_had_as_measured(load):
    assert load("diabetes", scaled=False).train["age"].max() > 70
    assert load("diabetes").train["age"].max() < 1
