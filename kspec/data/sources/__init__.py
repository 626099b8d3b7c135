"""Where data comes from: one file for each kind of source, and the closed table of all."""

from __future__ import annotations

from collections.abc import Callable

from kspec.data.sources.csv_file import csv
from kspec.data.sources.digits import digits
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.mnist import mnist
from kspec.data.sources.tables import breast_cancer, diabetes, iris, wine

SOURCES: dict[str, Callable[..., Loaded]] = {
    "breast_cancer": breast_cancer,
    "csv": csv,
    "diabetes": diabetes,
    "digits": digits,
    "iris": iris,
    "mnist": mnist,
    "wine": wine,
}
"""Every source by the name under which a spec calls it."""

__all__ = ["SOURCES", "Array", "DataError", "Fields", "Loaded", "SourceContext"]
