"""kspec: train Keras models from a spec.

The functions here are the doors that the command line uses, too. Each imports what it needs when it is called, so
that importing kspec costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    import keras

    from kspec.commands.run import Run
    from kspec.engine.predicting.prediction import Prediction

__all__ = ["Problem", "Run", "SpecError", "build", "evaluate", "predict", "source", "train", "validate"]

Function = TypeVar("Function", bound=Callable[..., Any])


def validate(
    path: str | Path, *, overrides: Mapping[str, Any] | None = None, code: Sequence[str | Path] = (),
    static: bool = False, strict: bool = False,
) -> list[Problem]:  # fmt: skip
    """Return all problems of a spec; an empty list means that it is right.

    Args:
        path: The spec.
        overrides: Values to put in, by path, such as `{"fit.epochs": 3}`.
        code: Python files with components of your own; they are run, unless `static`.
        static: Only what can be found without importing TensorFlow.
        strict: Whether warnings are errors.
    """
    from kspec.commands.opening import as_options
    from kspec.commands.validate import validate as run

    return run(path, overrides=as_options(overrides or {}), code=code, static=static, strict=strict)


def build(
    path: str | Path, *, overrides: Mapping[str, Any] | None = None, code: Sequence[str | Path] = ()
) -> keras.Model:
    """Return the Keras model of a spec, compiled but not trained.

    The weights are those of a Keras program that calls `keras.utils.set_random_seed` with the spec's seed and then
    makes the same layers in the same order.

    Args:
        path: The spec.
        overrides: Values to put in, by path, such as `{"fit.epochs": 3}`.
        code: Python files with components of your own; they are run.

    Raises:
        SpecError: The spec is wrong; carries all problems.
    """
    from kspec.commands.build import build as run

    return run(path, overrides=overrides or {}, code=code)


def train(path: str | Path, *, overrides: Mapping[str, Any] | None = None, **options: Any) -> Run:
    """Train the model of a spec and return the run.

    Args:
        path: The spec.
        overrides: Values to put in, by path, such as `{"fit.epochs": 3}`.
        **options: `code`, `runs`, `name`, `epochs`, `smoke`, `strict`, `observe`, as `kspec.commands.train.train` takes
            them.

    Raises:
        SpecError: The spec or its data is wrong; carries all problems.
    """
    from kspec.commands.train import train as run

    return run(path, overrides=overrides or {}, **options)


def evaluate(
    run: Run | str | Path, *, data: str | Path | None = None, part: str | None = None, last: bool = False,
    code: Sequence[str | Path] = (),
) -> dict[str, float]:  # fmt: skip
    """Return the loss and the metrics of a run's model on its test rows. Everything else lies in its `evaluation/`.

    Args:
        run: The run, or its folder.
        data: A file or a source to judge by, in place of the test rows.
        part: `validation`, `test` or `train`; the test rows if left out, or what there is in their place.
        last: Judge the last state rather than the best.
        code: The Python files that the run was trained with, if there were any; a `Run` knows its own.

    Raises:
        SpecError: The run is damaged, or the data is not what training saw.
    """
    from kspec.commands.evaluate import evaluate as judge

    return dict(judge(_folder(run), data=data, part=part, last=last, code=_code(run, code))[1].metrics)


def predict(run: Run | str | Path, data: Any, *, last: bool = False, code: Sequence[str | Path] = ()) -> Any:
    """Return a run's predictions for some rows, in their order.

    Args:
        run: The run, or its folder.
        data: A file, a pattern of files or a source, or a list of those; or arrays by field name; or one array, of the
            only field that is fed, or of the field `x`.
        last: Use the last state of the model rather than the best.
        code: The Python files that the run was trained with, if there were any; a `Run` knows its own.

    Returns:
        The array of the one output: probabilities for classes and labels, else values in the units of the targets. For
        a model with several outputs a dict of such arrays.

    Raises:
        SpecError: The run is damaged, or the data lacks a field that training had.
    """
    from kspec.commands.predict import predict as run_predict

    found: dict[str, Prediction] = run_predict(_folder(run), data, last=last, code=_code(run, code))
    arrays = {name: prediction.values for name, prediction in found.items()}
    return arrays if len(arrays) > 1 else next(iter(arrays.values()))


def _folder(run: Run | str | Path) -> Any:
    from kspec.commands.run import Run as RunType
    from kspec.runs.folder import DEFAULT_RUNS
    from kspec.runs.listing import find_run

    return run.folder if isinstance(run, RunType) else find_run(run, DEFAULT_RUNS)


def source(function: Function) -> Function:
    """Mark a function in a file that `--code` names as a source of data, which specs call by its name.

    Args:
        function: It returns arrays by field name, all of one length; or a pair of those, to train on and to test. Its
            parameters are the source's arguments, but for two that kspec fills if they are there: `seed`, the spec's,
            and `folder`, where the spec's relative paths start.
    """
    return function


def _code(run: Run | str | Path, code: Sequence[str | Path]) -> Sequence[str | Path]:
    from kspec.commands.run import Run as RunType

    return run.code if isinstance(run, RunType) and not code else code


def __getattr__(name: str) -> Any:
    if name == "Run":
        from kspec.commands.run import Run as RunType

        return RunType
    if name == "__version__":
        from importlib.metadata import version

        return version("kspec")
    raise AttributeError(f"module 'kspec' has no attribute {name!r}")
