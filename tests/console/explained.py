"""Explanations as the screens meet them; they change with no version of Keras."""

from __future__ import annotations

from kspec.catalogue import Argument
from kspec.spec.explain.entries import (
    ArgumentEntry,
    ArgumentUse,
    CodeEntry,
    ComponentEntry,
    Entry,
    KeyEntry,
    NameEntry,
    WordEntry,
)
from kspec.spec.explain.families import Listed

UNITS = Argument("units", required=True, types=("int",), minimum=1, summary="Positive integer, the size of the output.")
PADDING = Argument(
    "padding",
    required=False,
    default="valid",
    types=("str", "int"),
    choices=("valid", "same"),
    summary="What stands around the input: nothing, or zeros so that the output has the size of the input, however "
    "large the kernel is.",
)
INITIALIZER = Argument(
    "recurrent_initializer", required=False, default="orthogonal", family="initializers", summary="Initial weights."
)
KIND = Argument(
    "kind", required=False, types=("str", "null"), choices=tuple(f"kind_{number:02}" for number in range(20))
)
LONG = Argument("strength_of_what_pulls_weights_to_zero", required=False, default=0.0, types=("float",), minimum=0)

COMPONENT = ComponentEntry(
    name="Reader",
    asked="OldReader",
    family="layers",
    noun="layer",
    path="keras.layers.Reader",
    summary="Reads a sequence from its beginning to its end, keeping in mind what matters for what comes.",
    place="model.layers",
    forms=("- Reader: 10", "- Reader: {units: 10, padding: same}", "- Reader: 10\n  call: {state: a_step}"),
    notes=("Acts only in training, so it belongs into the model, not under `preprocess`.",),
    arguments=(UNITS, PADDING, INITIALIZER, KIND, LONG),
    common=("trainable", "dtype", "autocast", "name", "input_shape", "input_dim"),
    call=("sequence", "state", "mask"),
    call_required=("sequence", "state"),
    aliases=("OldReader", "SequenceReader"),
    words=(),
)
SHORT = ComponentEntry(
    "Nothing", None, "regularizers", "regularizer", "keras.regularizers.Nothing", "Does nothing.",
    "Dense.kernel_regularizer", ("kernel_regularizer: nothing", "kernel_regularizer: Nothing"), (), (), (), (), (), (),
    ("nothing",),
)  # fmt: skip

SHOWN: dict[str, tuple[Entry, ...]] = {
    "component": (COMPONENT,),
    "two_components": (SHORT, SHORT),
    "word": (
        WordEntry("guess", "losses", "loss", "Whatever suits the shapes.", "compile.loss", ("loss: guess",)),
    ),
    "argument_of_one": (ArgumentEntry("Reader.kind", (ArgumentUse(KIND, "layers", "layer", ("Reader",)),)),),
    "argument": (
        ArgumentEntry(
            "units",
            (
                ArgumentUse(UNITS, "layers", "layer", tuple(f"Reader{number}" for number in range(30))),
                *(ArgumentUse(PADDING, "ops", "operation", (f"ops.read_{number}",)) for number in range(7)),
            ),
        ),
    ),
    "key": (
        KeyEntry(
            paths=("data.inputs.slice", "data.targets.slice"),
            meaning="`[start, end]` along the first axis after the rows; `null` leaves an end open.",
            default=None,
            example="data:\n  source: wine\n  inputs: {field: x, slice: [0, 6]}",
            keys=(),
            family=None,
        ),
        KeyEntry(("fit",), "How it is trained.", 3, "", (("epochs", "Times that rows are seen."),), "losses"),
    ),
    "code": (
        CodeEntry("bad-name", "Names and values", "it cannot be called so", "a step called `from`", "use letters"),
        CodeEntry("tab", "The text", "a tab", "", "use blanks"),
    ),
    "name": (
        NameEntry("lr", "argument of Reader", "it is called `learning_rate`", "learning_rate", "old"),
        NameEntry("Lambda", "name of Keras", "it is made of a Python function, and a spec is data", None, "refused"),
    ),
}  # fmt: skip

LISTED = (
    Listed("layers", "Reader", "Reads a sequence from its beginning to its end.", ("OldReader", "SequenceReader")),
    Listed("layers", "ReaderOfSequencesThatHaveNoEnd", "Reads for ever, and keeps in mind whatever will matter."),
    Listed("keys", "fit.epochs", "Times that all rows are seen; `1` if left out."),
)
