"""The closed table of all sources."""

from __future__ import annotations

from collections.abc import Callable

from kspec.data.sources.california_housing import california_housing
from kspec.data.sources.cifar import cifar10, cifar100
from kspec.data.sources.csv_file import csv
from kspec.data.sources.digits import digits
from kspec.data.sources.fashion_mnist import fashion_mnist
from kspec.data.sources.images import images
from kspec.data.sources.jsonl_file import jsonl
from kspec.data.sources.loaded import Loaded
from kspec.data.sources.mnist import mnist
from kspec.data.sources.numpy_files import npy, npz
from kspec.data.sources.parquet_file import parquet
from kspec.data.sources.random_rows import random
from kspec.data.sources.tables import breast_cancer, diabetes, iris, wine
from kspec.data.sources.texts import texts
from kspec.data.sources.tfrecord_file import tfrecord
from kspec.data.sources.windows import windows
from kspec.data.sources.word_numbers import imdb, reuters

SOURCES: dict[str, Callable[..., Loaded]] = {
    "breast_cancer": breast_cancer,
    "california_housing": california_housing,
    "cifar10": cifar10,
    "cifar100": cifar100,
    "csv": csv,
    "diabetes": diabetes,
    "digits": digits,
    "fashion_mnist": fashion_mnist,
    "images": images,
    "imdb": imdb,
    "iris": iris,
    "jsonl": jsonl,
    "mnist": mnist,
    "npy": npy,
    "npz": npz,
    "parquet": parquet,
    "random": random,
    "reuters": reuters,
    "texts": texts,
    "tfrecord": tfrecord,
    "windows": windows,
    "wine": wine,
}
"""Every source by the name under which a spec calls it."""
