"""CIFAR-10 and CIFAR-100, small colour photographs."""

from __future__ import annotations

from typing import Any

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.keras_download import load_with_keras
from kspec.data.sources.loaded import Loaded, SourceContext

_CIFAR10 = "airplane automobile bird cat deer dog frog horse ship truck"
_COARSE = """
aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture
insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores
medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2
"""
_FINE = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle
mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree
wolf woman worm
"""


def cifar10(context: SourceContext) -> Loaded:
    """CIFAR-10: 50,000 colour photographs of ten kinds of things to train on and 10,000 to test.

    Read from Keras' own cache, or downloaded into it.

    Returns:
        `x`: uint8 images of shape `(rows, 32, 32, 3)`, 0 to 255. `y`: uint8 kinds of shape `(rows,)`, 0 to 9.

    Raises:
        DataError: If the data is not in the cache and cannot be downloaded.
    """
    return _cifar(
        "cifar10", "CIFAR-10", _renamed("cifar-10-python.tar.gz", "cifar-10-batches-py-target_archive"), _CIFAR10
    )


def cifar100(context: SourceContext, *, label_mode: str = "fine") -> Loaded:
    """CIFAR-100: 50,000 colour photographs of a hundred kinds of things to train on and 10,000 to test.

    Read from Keras' own cache, or downloaded into it.

    Args:
        label_mode: String, one of `fine` (100 kinds) and `coarse` (20 groups of five kinds).

    Returns:
        `x`: uint8 images of shape `(rows, 32, 32, 3)`, 0 to 255. `y`: uint8 kinds of shape `(rows,)`.

    Raises:
        DataError: If the data is not in the cache and cannot be downloaded.
    """
    if label_mode not in ("fine", "coarse"):
        raise DataError(f"expected `fine` or `coarse`, got {label_mode!r}", argument="label_mode")
    file = _renamed("cifar-100-python.tar.gz", "cifar-100-python-target_archive")
    labels = _FINE if label_mode == "fine" else _COARSE
    return _cifar("cifar100", "CIFAR-100", file, labels, label_mode=label_mode)


def _cifar(name: str, title: str, file: str, labels: str, **arguments: Any) -> Loaded:
    train, test = map(_flat, load_with_keras(name, file, **arguments))
    return Loaded(
        train=train,
        test=test,
        origin=f"{title} through Keras",
        fingerprint=fingerprint_fields(train, test),
        labels=tuple(labels.split()),
    )


def _renamed(archive: str, kept_as: str) -> str:
    return f"{archive}, renamed to {kept_as},"


def _flat(part: tuple[Array, Array]) -> Fields:
    """Keras gives labels of shape `(rows, 1)` here and `(rows,)` for every other data set."""
    x, y = part
    return Fields({"x": x, "y": y.reshape(-1)})
