"""The small real tables that come with scikit-learn."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from kspec.data.sources.fields import Fields, fingerprint_fields
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.parts import part_fifth


def iris(context: SourceContext) -> Loaded:
    """Iris: 150 flowers of three species, four measures each.

    A fifth of each class, always the same rows, is the test part.

    Returns:
        `x`: float64 of shape `(rows, 4)`. `y`: int64 classes of shape `(rows,)`. By name when asked for:
        `sepal_length_cm`, `sepal_width_cm`, `petal_length_cm`, `petal_width_cm`.
    """
    from sklearn.datasets import load_iris

    return _table(load_iris(), name="iris")


def wine(context: SourceContext) -> Loaded:
    """Wine: 178 wines of three growers, thirteen chemical measures each.

    A fifth of each class, always the same rows, is the test part.

    Returns:
        `x`: float64 of shape `(rows, 13)`. `y`: int64 classes of shape `(rows,)`. By name when asked for: `alcohol`,
        `malic_acid`, `ash`, `alcalinity_of_ash`, `magnesium`, `total_phenols`, `flavanoids`, `nonflavanoid_phenols`,
        `proanthocyanins`, `color_intensity`, `hue`, `od280_od315_of_diluted_wines`, `proline`.
    """
    from sklearn.datasets import load_wine

    return _table(load_wine(), name="wine")


def breast_cancer(context: SourceContext) -> Loaded:
    """Breast cancer: 569 tumours, malignant (0) or benign (1), thirty measures each.

    A fifth of each class, always the same rows, is the test part.

    Returns:
        `x`: float64 of shape `(rows, 30)`. `y`: int64 classes of shape `(rows,)`. By name when asked for:
        `mean_radius`, `radius_error`, `worst_radius` and so on.
    """
    from sklearn.datasets import load_breast_cancer

    return _table(load_breast_cancer(), name="breast_cancer")


def diabetes(context: SourceContext, *, scaled: bool = True) -> Loaded:
    """Diabetes: 442 patients, ten measures each, and how far the illness went on within a year.

    A fifth, always the same rows, is the test part.

    Args:
        scaled: Boolean. Whether the columns are centred and scaled, as scikit-learn gives them, or as measured.

    Returns:
        `x`: float64 of shape `(rows, 10)`. `y`: float64 of shape `(rows,)`, 25 to 346. By name when asked for: `age`,
        `sex`, `bmi`, `bp`, `s1` to `s6`.
    """
    from sklearn.datasets import load_diabetes

    return _table(load_diabetes(scaled=scaled), name="diabetes")


def _table(bunch: Any, *, name: str) -> Loaded:
    x, y = bunch.data, bunch.target
    columns = {_field_name(column): x[:, index] for index, column in enumerate(bunch.feature_names)}
    labels = tuple(str(label) for label in bunch.target_names) if "target_names" in bunch else None
    classes = y.astype(np.int64) if labels else y
    fields = Fields({"x": x, "y": classes, **columns}, primary=("x", "y"))
    train, test = part_fifth(fields, classes=classes if labels else None)
    return Loaded(
        train=train,
        test=test,
        origin=f"scikit-learn's {name}",
        fingerprint=fingerprint_fields(train, test),
        labels=labels,
    )


def _field_name(column: str) -> str:
    return re.sub(r"\W+", "_", column).strip("_")
