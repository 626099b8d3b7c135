"""A name into everything that has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kspec import catalogue
from kspec.catalogue import Argument
from kspec.spec.codes import codes
from kspec.spec.explain import everything, explain, families
from kspec.spec.explain.arguments import argument_names, taken
from kspec.spec.explain.entries import (
    ArgumentEntry,
    CodeEntry,
    ComponentEntry,
    KeyEntry,
    NameEntry,
    WordEntry,
)
from kspec.spec.explain.keys import key_names
from kspec.spec.problems import SpecError

KNOWN = catalogue.load()


def kinds(name: str, family: str | None = None) -> list[str]:
    """Return what a name means, as `family:name` for components and `kind:name` for the rest."""
    return list(_kinds(name, family))


def _kinds(name: str, family: str | None) -> Iterator[str]:
    for entry in explain(KNOWN, name, family=family):
        match entry:
            case ComponentEntry() | WordEntry():
                yield f"{entry.family}:{entry.name}"
            case KeyEntry():
                yield f"key:{entry.paths[0]}"
            case _:
                yield f"{entry.kind}:{entry.name}"


@pytest.mark.parametrize(
    ("name", "meanings"),
    [
        ("Dense", ["layers:Dense"]),
        ("keras.layers.Dense", ["layers:Dense"]),
        ("tf.keras.layers.Dense", ["layers:Dense"]),
        ("optimizers.schedules.ExponentialDecay", ["schedules:ExponentialDecay"]),
        ("tf.distribute.MirroredStrategy", ["strategies:MirroredStrategy"]),
        ("Convolution2D", ["layers:Conv2D"]),
        ("Identity", ["layers:Identity", "initializers:Identity"]),
        ("adam", ["optimizers:Adam"]),
        ("mse", ["losses:MeanSquaredError", "metrics:MeanSquaredError"]),
        ("swish", ["activations:swish", "ops:ops.swish"]),
        ("accuracy", ["metrics:accuracy"]),
        ("crossentropy", ["losses:crossentropy", "old:crossentropy"]),
        ("ops.mean", ["ops:ops.mean"]),
        ("mean", ["metrics:Mean", "ops:ops.mean", "old:mean", "argument:mean"]),
        ("ops.image.resize", ["ops:ops.image.resize"]),
        ("ResNet50", ["applications:ResNet50"]),
        ("csv", ["sources:csv"]),
        ("Dense.units", ["argument:Dense.units"]),
        ("ops.mean.axis", ["argument:ops.mean.axis"]),
        ("csv.path", ["argument:csv.path"]),
        ("unknown-argument", ["code:unknown-argument"]),
        ("fit", ["key:fit"]),
        ("fit.validation_split", ["key:fit.validation_split"]),
        ("from", ["key:model.layers[].from", "key:model.layers[].trainable.from"]),
        ("model.repeat", ["key:model.layers[].repeat"]),
        ("model.layers.repeat", ["key:model.layers[].repeat"]),
        ("model.layers[].repeat", ["key:model.layers[].repeat"]),
        ("data.inputs.slice", ["key:data.inputs.slice"]),
        ("compile.loss", ["key:compile.loss"]),
        ("blocks.params", ["key:model.blocks.*.params"]),
        ("compile.optimizer.Adam.learning_rate", ["argument:Adam.learning_rate"]),
        ("model.layers.0.Dense.units", ["argument:Dense.units"]),
        ("lr", ["old:lr", "old:lr", "old:lr"]),
        ("Adam.lr", ["old:Adam.lr"]),
        ("nb_epoch", ["old:nb_epoch"]),
        ("rmse", ["old:rmse", "old:rmse"]),
        ("MSELoss", ["old:mseloss"]),
        ("Lambda", ["refused:Lambda"]),
        ("ops.while_loop", ["refused:ops.while_loop"]),
    ],
)  # fmt: skip
def test_a_name_means_all_that_has_it(name: str, meanings: list[str]) -> None:
    assert kinds(name) == meanings


@pytest.mark.parametrize(
    ("name", "family", "meanings"),
    [
        ("Identity", "initializers", ["initializers:Identity"]),
        ("mse", "losses", ["losses:MeanSquaredError"]),
        ("shape", "keys", ["key:model.input.shape"]),
        ("nb_epoch", "old", ["old:nb_epoch"]),
        ("axis", "metrics", ["argument:axis"]),
    ],
)
def test_a_family_narrows_it(name: str, family: str, meanings: list[str]) -> None:
    assert kinds(name, family) == meanings


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Dens", "did you mean `Dense`?"),
        ("dense", "did you mean `Dense`?"),
        ("fit.epoch", "did you mean `fit.epochs`?"),
        ("return_sequence", "did you mean `return_sequences`?"),
        ("unknown-arguments", "did you mean `unknown-argument`?"),
        ("Convolutional2D", "did you mean `Convolution2D`?"),
        ("optimizers", "`kspec list optimizers` shows what there is"),
        ("keras.layers", "`kspec list layers` shows what there is"),
        ("Dense.", "did you mean `Dense`?"),
        ("", "`kspec list` shows what there is"),
        ("???", "`kspec list` shows what there is"),
    ],
)
def test_an_unknown_name_is_one_problem_with_the_nearest(name: str, said: str) -> None:
    with pytest.raises(SpecError) as raised:
        explain(KNOWN, name)
    (problem,) = raised.value.problems
    assert (problem.code, problem.severity, problem.hint) == ("unknown-name", "error", said)
    assert problem.message == f"there is nothing to explain that is called `{name}`"


def test_an_unknown_argument_of_a_known_component() -> None:
    with pytest.raises(SpecError) as raised:
        explain(KNOWN, "Dense.unit")
    assert [problem.text for problem in raised.value.problems] == [
        "Dense has no argument `unit`; did you mean `units`?"
    ]


@pytest.mark.parametrize(
    ("name", "family", "said"),
    [
        ("Dens", "layers", "there is no `Dens` among the layers; did you mean `Dense`?"),
        ("Dense", "losses", "there is no `Dense` among the losses; `kspec explain Dense` shows what has this name"),
        ("???", "codes", "there is no `???` among the codes; `kspec list codes` shows them"),
        ("Dense", "layer", "there is no family `layer`; did you mean `layers`?"),
    ],
)
def test_an_unknown_name_of_a_family(name: str, family: str, said: str) -> None:
    with pytest.raises(SpecError) as raised:
        explain(KNOWN, name, family=family)
    assert [problem.text for problem in raised.value.problems] == [said]


def test_everything_can_be_explained() -> None:
    names = {name for row in everything(KNOWN) for name in (row.name, *row.also)}
    names |= {
        *key_names(),
        *codes(),
        *argument_names(KNOWN, [each for each in families(KNOWN) if each in KNOWN.families]),
    }
    assert len(names) > 1500
    assert [name for name in sorted(names) if not explain(KNOWN, name)] == []


def test_a_component_says_how_it_is_written_and_what_it_takes() -> None:
    (entry,) = explain(KNOWN, "MultiHeadAttention")
    assert isinstance(entry, ComponentEntry)
    assert (entry.noun, entry.path) == ("layer", "keras.layers.MultiHeadAttention")
    assert [argument.name for argument in entry.arguments][:2] == ["num_heads", "key_dim"]
    assert "trainable" in entry.common
    assert entry.call[:3] == ("query", "value", "key")
    assert entry.call_required == ("query", "value")


def test_an_alias_and_a_word_say_so() -> None:
    (alias,) = explain(KNOWN, "Convolution2D")
    (word,) = explain(KNOWN, "adam")
    (name,) = explain(KNOWN, "Adam")
    assert isinstance(alias, ComponentEntry) and alias.asked == "Convolution2D"
    assert isinstance(word, ComponentEntry) and word.asked == "adam"
    assert isinstance(name, ComponentEntry) and name.asked is None
    assert word.forms[0] == "optimizer: adam"


def test_notes_tell_what_arguments_do_not() -> None:
    def notes(name: str, family: str) -> str:
        entry = explain(KNOWN, name, family=family)[0]
        assert isinstance(entry, ComponentEntry)
        return " ".join(entry.notes)

    assert "Learns from the training rows" in notes("Normalization", "layers")
    assert "only in training" in notes("RandomFlip", "layers")
    assert "Is fed a list" in notes("Add", "layers")
    assert "a spec cannot name it" in notes("threshold", "activations")
    assert "stands for these defaults" in notes("relu", "activations")
    assert "in order" in notes("mean", "ops")
    assert "as a field" in notes("npy", "sources")


def test_an_argument_is_told_once_for_all_that_mean_the_same() -> None:
    (entry,) = explain(KNOWN, "return_sequences")
    assert isinstance(entry, ArgumentEntry)
    first = entry.uses[0]
    assert {"LSTM", "GRU", "SimpleRNN"} <= set(first.components)
    assert "full sequence" in first.argument.summary
    assert len(entry.uses) < 4


def test_a_key_tells_its_default_its_keys_and_what_it_takes() -> None:
    (epochs,) = explain(KNOWN, "fit.epochs")
    (split,) = explain(KNOWN, "fit.validation_split")
    (optimizer,) = explain(KNOWN, "compile.optimizer")
    assert isinstance(epochs, KeyEntry) and epochs.default == 1
    assert isinstance(split, KeyEntry) and dict(split.keys)["stratify"].startswith("Field whose values")
    assert isinstance(optimizer, KeyEntry) and optimizer.family == "optimizers"


def test_equal_keys_are_told_once() -> None:
    (entry,) = explain(KNOWN, "slice")[1:]
    assert isinstance(entry, KeyEntry)
    assert {"data.inputs.slice", "data.targets.*.slice"} <= set(entry.paths)


def test_a_code_is_what_its_page_says() -> None:
    (entry,) = explain(KNOWN, "unknown-argument")
    assert isinstance(entry, CodeEntry)
    assert (entry.meaning, entry.cure) == (codes()["unknown-argument"].meaning, codes()["unknown-argument"].cure)


def test_an_argument_of_unknown_type_takes_what_is_not_said() -> None:
    argument = Argument(name="anything", required=False)
    assert taken(argument) == ""


def test_long_lists_of_words_can_be_cut() -> None:
    argument = Argument(name="kind", required=True, types=("str", "bool"), choices=("a", "b", "c", "d"))
    assert taken(argument) == "a, b, c, d or boolean"
    assert taken(argument, most=2) == "a, b, 2 other words or boolean"


def test_an_old_name_leads_to_the_new_one() -> None:
    (entry,) = explain(KNOWN, "nb_epoch")
    assert isinstance(entry, NameEntry)
    assert (entry.new, entry.advice) == ("epochs", "it is called `epochs`")
    (gone,) = explain(KNOWN, "Merge")
    assert isinstance(gone, NameEntry)
    assert (gone.new, gone.advice[:10]) == (None, "use `Add`,")


@pytest.mark.parametrize(
    ("owner", "name", "text"),
    [
        ("layers:Dense", "units", "whole number, at least 1"),
        ("layers:Dense", "use_bias", "true or false"),
        ("layers:Dense", "kernel_initializer", "initializer"),
        ("layers:Dropout", "rate", "number, 0 to 1"),
        ("layers:Conv1D", "padding", "valid, same or causal"),
        ("layers:Hashing", "output_mode", "int, one_hot, multi_hot, count, whole number or list"),
        ("layers:LSTM", "use_cudnn", "boolean or text"),
        ("optimizers:Adam", "learning_rate", "learning rate schedule or number, more than 0"),
        ("layers:Pipeline", "layers", "layers"),
    ],
)
def test_what_an_argument_takes(owner: str, name: str, text: str) -> None:
    component = KNOWN.component(*owner.split(":"))
    assert component is not None
    assert taken(component.arguments[name]) == text
