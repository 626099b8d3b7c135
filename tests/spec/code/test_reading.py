"""What Python files offer to specs, told without running them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from kspec.catalogue import Argument, Component, load
from kspec.commands.opening import open_spec
from kspec.spec.code import read_code, with_code
from kspec.spec.problems import Problem, SpecError

CATALOGUE = load()


def file(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return path


def offered(folder: Path, text: str) -> dict[str, Component]:
    """Return what a file offers by name; the first of several families of one function."""
    found: dict[str, Component] = {}
    for component in read_code([file(folder, text)], CATALOGUE).components:
        found.setdefault(component.name, component)
    return found


def problems(*files: Path) -> list[Problem]:
    with pytest.raises(SpecError) as error:
        read_code(files, CATALOGUE)
    return error.value.problems


@pytest.mark.parametrize(
    ("imports", "base", "family"),
    [
        ("import keras", "keras.layers.Layer", "layers"),
        ("import keras", "keras.Layer", "layers"),
        ("import keras", "keras.Model", "layers"),
        ("import tensorflow as tf", "tf.keras.layers.Layer", "layers"),
        ("from tensorflow import keras as k", "k.losses.Loss", "losses"),
        ("from tensorflow.keras.metrics import Metric as M", "M", "metrics"),
        ("from keras.callbacks import *", "Callback", "callbacks"),
        ("import keras.optimizers", "keras.optimizers.Optimizer", "optimizers"),
        ("from keras.optimizers import schedules", "schedules.LearningRateSchedule", "schedules"),
        ("from keras import regularizers", "regularizers.Regularizer", "regularizers"),
        ("from keras import initializers", "initializers.Identity", "initializers"),
        ("from keras import constraints", "constraints.Constraint", "constraints"),
        ("from keras import losses", "losses.Hinge", "losses"),
        ("from keras import metrics", "metrics.Hinge", "metrics"),
        ("import keras", "keras.layers.Conv2D", "layers"),
        ("import keras", "object, keras.callbacks.EarlyStopping", "callbacks"),
        ("try:\n    import keras\nexcept ImportError:\n    keras = None", "keras.Layer", "layers"),
    ],
)
def test_the_kind_of_a_class_is_that_of_its_base(tmp_path: Path, imports: str, base: str, family: str) -> None:
    assert offered(tmp_path, f"{imports}\nclass Mine({base}):\n    pass\n")["Mine"].family == family


@pytest.mark.parametrize("base", ["object", "nowhere.Layer", "keras.Sequence", "Mine", "make()", "dict[str, int]"])
def test_a_class_of_another_kind_is_not_offered(tmp_path: Path, base: str) -> None:
    assert offered(tmp_path, f"import keras\nclass Mine({base}):\n    pass\n") == {}


CLASSES = '''
    from typing import Literal, Optional

    import keras


    class Gate(keras.layers.Layer):
        """Lets through what a gate says. It is trained.

        Args:
            start: Float between 0 and 1. Where it starts.
            steps: Positive integer. Unused.
        """

        def __init__(self, start, steps=3, width: int | None = None, mode: Literal["add", "mul"] = "add",
                     kernel_initializer="ones", sizes: Optional[list[int]] = None, thing=object(), loud=False,
                     **kwargs):
            super().__init__(**kwargs)

        def call(self, inputs, mask=None, training=None):
            return inputs


    class Closed(keras.layers.Layer):
        def __init__(self, size: int):
            super().__init__()

        def call(self, left, right):
            return left + right

        def adapt(self, data):
            pass


    class Wide(keras.layers.Dense):
        def __init__(self, units, factor=2, **kwargs):
            super().__init__(units * factor, **kwargs)


    class Wider(Wide):
        pass


    class Fixed(keras.layers.Dense):
        def __init__(self, **kwargs):
            super().__init__(3, **kwargs)


    class Sum(keras.losses.Loss):
        pass


    class Joined(keras.layers.Concatenate):
        pass


    class Descent(keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, **kwargs):
            super().__init__(learning_rate, **kwargs)


    class _Hidden(keras.layers.Layer):
        pass
    '''.replace("Sum(", "Total(")


def test_the_arguments_of_classes(tmp_path: Path) -> None:
    found = offered(tmp_path, CLASSES)
    assert sorted(found) == ["Closed", "Descent", "Fixed", "Gate", "Joined", "Total", "Wide", "Wider"]
    gate = found["Gate"]
    assert gate.summary == "Lets through what a gate says."
    assert gate.required == ("start",)

    def stated(name: str) -> tuple[object, ...]:
        argument: Argument = gate.arguments[name]
        return argument.types, argument.default, argument.family, argument.choices

    assert stated("start") == (("float",), None, None, ())
    assert (gate.arguments["start"].minimum, gate.arguments["start"].maximum) == (0, 1)
    assert stated("steps") == (("int",), 3, None, ())
    assert stated("width") == (("int", "null"), None, None, ())
    assert stated("mode") == (("str",), "add", None, ("add", "mul"))
    assert stated("kernel_initializer") == ((), "ones", "initializers", ())
    assert stated("sizes") == (("list", "null"), None, None, ())
    assert stated("thing") == ((), None, None, ())
    assert stated("loud") == (("bool",), False, None, ())
    assert {"name", "trainable", "dtype"} <= gate.arguments.keys()
    assert list(found["Closed"].arguments) == ["size"]
    assert found["Wide"].required == ("units",)
    assert {"factor", "activation", "kernel_regularizer"} <= found["Wide"].arguments.keys()
    assert found["Wide"].arguments["units"].types == ("int",)
    assert found["Wider"].arguments == found["Wide"].arguments
    assert found["Fixed"].required == ()
    assert list(found["Total"].arguments) == ["reduction", "name", "dtype"]
    assert found["Total"].arguments["name"].default is None
    assert found["Descent"].arguments["learning_rate"].family == "schedules"
    assert "clipnorm" in found["Descent"].arguments
    assert "momentum" not in found["Descent"].arguments


def test_an_annotation_too_long_to_be_read_says_nothing(tmp_path: Path) -> None:
    long = " | ".join(["int"] * 3_000)
    text = f"import keras\nclass A(keras.Layer):\n  def __init__(self, width: '{long}' = 1): pass\n"
    assert offered(tmp_path, text)["A"].arguments["width"].types == ()


def test_how_layers_are_called(tmp_path: Path) -> None:
    found = offered(tmp_path, CLASSES)
    assert (found["Gate"].inputs, found["Gate"].call) == ("any", ("inputs", "mask"))
    assert (found["Closed"].inputs, found["Closed"].call_required) == ("several", ("left", "right"))
    assert found["Closed"].adapts
    assert (found["Wide"].inputs, found["Wide"].call) == ("one", ("inputs",))
    assert found["Joined"].inputs == "list"


FUNCTIONS = '''
    import kspec
    from kspec import source as data


    def squared(y_true, y_pred, scale=1.0):
        """Squares of errors. Scaled."""


    def power(exponent: float = 2.0):
        def loss(y_true, y_pred):
            return 0

        return loss


    def gentle(x): ...
    def halves(shape, dtype=None): ...
    def warm(epoch, lr): ...
    def nothing(): ...
    def three(a, b, c): ...
    def _hidden(x): ...

    def layer_maker(units):
        def inner(x):
            return x
        return inner

    @kspec.source
    def moons(rows: int, noise: float = 0.1, *, seed, folder): ...

    @data
    def suns(**fields): ...
    '''


def test_functions(tmp_path: Path) -> None:
    components = read_code([file(tmp_path, FUNCTIONS)], CATALOGUE).components
    assert [(each.name, each.family, each.function) for each in components] == [
        ("squared", "losses", "plain"),
        ("power", "losses", "factory"),
        ("gentle", "activations", "plain"),
        ("gentle", "regularizers", "plain"),
        ("gentle", "constraints", "plain"),
        ("halves", "initializers", "plain"),
        ("warm", "schedules", "plain"),
        ("moons", "sources", "factory"),
        ("suns", "sources", "factory"),
    ]
    found = {each.name: each for each in components}
    assert found["squared"].arguments == {}
    assert found["squared"].summary == "Squares of errors. Scaled."
    assert found["power"].arguments["exponent"].types == ("float",)
    assert found["moons"].required == ("rows",)
    assert list(found["moons"].arguments) == ["rows", "noise", "seed"]
    assert found["suns"].open == "fields"


def test_classes_of_other_named_files_are_bases(tmp_path: Path) -> None:
    base = file(tmp_path, "import keras\nclass Base(keras.layers.Layer):\n    pass\n", "bases.py")
    mine = file(tmp_path, "from bases import Base\nimport bases\nclass A(Base): pass\nclass B(bases.Base): pass\n")
    code = read_code([mine, base, mine], CATALOGUE)
    assert {component.name for component in code.components} == {"A", "B", "Base"}
    assert [each.offered for each in code.files] == [("A", "B"), ("Base",)]
    assert read_code([mine], CATALOGUE).components == ()


def test_a_spec_is_checked_against_own_components(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        dedent("""
        data: {source: {moons: {rowz: 3}}}
        model:
          input: [4]
          layers:
            - Gate: {strt: 0.1}
            - Gate: {start: high, mode: add_}
            - Gaet: 0.2
            - Dense: {units: 1, activation: gentel}
        compile: {loss: powr, metrics: [squared, {power: {exponent: two}}], optimizer: sgd}
        """),
        encoding="utf-8",
    )
    files = [file(tmp_path, CLASSES), file(tmp_path, FUNCTIONS, "more.py")]
    with pytest.raises(SpecError) as error:
        open_spec(spec, code=files, static=True)
    assert [(each.code, each.hint) for each in error.value.problems] == [
        ("unknown-argument", "did you mean `rows`?"),
        ("unknown-argument", "did you mean `start`?"),
        ("wrong-type", None),
        ("not-a-choice", "did you mean `add`?"),
        ("unknown-component", "did you mean `Gate`?"),
        ("unknown-component", "did you mean `gentle`?"),
        ("unknown-component", "did you mean `power`?"),
        ("wrong-type", None),
    ]


def test_the_shipped_catalogue_stays_as_it_is(tmp_path: Path) -> None:
    extended = with_code(CATALOGUE, [file(tmp_path, CLASSES)])
    assert "Gate" in extended.names("layers")
    assert "Gate" in extended.canonical("layers")
    assert extended.families_of("Gate") == ("layers",)
    assert "Gate" not in CATALOGUE.names("layers")
    assert CATALOGUE.component("layers", "Gate") is None
    assert with_code(CATALOGUE, []) is CATALOGUE


@pytest.mark.parametrize(
    ("text", "code", "line", "part"),
    [
        ("import keras\nclass A(keras.Layer:\n  pass\n", "python-syntax", 2, "not Python"),
        ("x = '\n", "python-syntax", 1, "not Python"),
        ("\0", "python-syntax", 1, "not Python"),
        ("import keras\nx = 1" + " + 1" * 600, "too-deep", 2, "nested more than 400 levels deep"),
        ("x = " + "-" * 5_000 + "1", "too-deep", 1, "nested more than 400 levels deep"),
        ("import keras\nclass Dense(keras.Layer): pass\n", "name-taken", 2, "`Dense` is a layer of Keras already"),
        ("import keras\nclass L2(keras.Layer): pass\n", "name-taken", 2, "`L2` is a regularizer of Keras already"),
        ("import keras\nclass Lambda(keras.Layer): pass\n", "name-taken", 2, "`Lambda` is a name of Keras already"),
        ("def mse(y_true, y_pred): pass\n", "name-taken", 1, "`mse` is a loss of Keras already"),
        ("def relu(x): pass\n", "name-taken", 1, "`relu` is an activation of Keras already"),
        (
            "from kspec import source\n@source\ndef mnist(): pass\n",
            "name-taken",
            3,
            "`mnist` is a source of kspec already",
        ),
    ],
)
def test_what_is_wrong_with_a_file_stands_in_it(tmp_path: Path, text: str, code: str, line: int, part: str) -> None:
    (problem,) = problems(file(tmp_path, text))
    assert (problem.code, problem.span.line, problem.span.source.name) == (code, line, str(tmp_path / "mine.py"))
    assert part in problem.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    first = file(tmp_path, "import keras\nclass A(keras.Layer): pass\n", "a.py")
    again = file(tmp_path, "import keras\nclass A(keras.Layer): pass\n", "b.py")
    (tmp_path / "inner").mkdir()
    same = file(tmp_path / "inner", "", "a.py")
    latin = tmp_path / "latin.py"
    latin.write_bytes("# ä".encode("latin-1"))
    large = tmp_path / "large.py"
    large.write_bytes(b"#" * 2_000_001)
    expected = {
        (tmp_path / "bb.py",): ("not-found", "did you mean `b.py`?"),
        (tmp_path / "inner",): ("not-a-file", None),
        (latin,): ("not-utf-8", None),
        (large,): ("too-large", None),
        (first, same): ("name-taken", "rename one of them"),
        (first, again): ("name-taken", None),
    }
    for files, (code, hint) in expected.items():
        (problem,) = problems(*files)
        assert problem.code == code
        assert hint is None or problem.hint == hint


def test_what_a_callback_writes_is_known_by_the_names_that_keras_has_for_it(tmp_path: Path) -> None:
    text = """
    import keras

    class Diary(keras.callbacks.Callback):
        def __init__(self, filename="diary.txt", template="plain.txt"):
            super().__init__()

    class Log(Diary):
        def __init__(self, log_dir, **kwargs):
            super().__init__(**kwargs)
    """
    found = offered(tmp_path, text)
    assert {key for key, item in found["Diary"].arguments.items() if item.writes} == {"filename"}
    assert {key for key, item in found["Log"].arguments.items() if item.writes} == {"filename", "log_dir"}
    spec = tmp_path / "spec.yaml"
    spec.write_text("model: {input: [2], layers: [{Dense: 1}]}\ncallbacks: [{Diary: {filename: ../diary.txt}}]\n")
    with pytest.raises(SpecError) as error:
        open_spec(spec, [], code=[tmp_path / "mine.py"])
    assert [problem.code for problem in error.value.problems] == ["outside-run"]
