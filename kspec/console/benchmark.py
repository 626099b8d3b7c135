"""How a model trains, on screen: what was measured, line by line, and Keras' own `fit` beside it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.figures import metric_value
from kspec.console.notices import notice_block
from kspec.console.printable import visible
from kspec.console.quantities import share
from kspec.console.wrapping import beside, sentence, show
from kspec.runs.benchmark import Benchmark, Spread
from kspec.runs.events import Notice

_CLOSE = 1e-4


def show_benchmark(found: Benchmark, console: Console) -> None:
    """Print how the model of a spec trains."""
    console.print(Text(visible(found.name), "bold"), soft_wrap=True)
    pairs = [(Text(name, "dim"), sentence(text)) for name, text in _lines(found)]
    show(beside(pairs, console), console)
    if found.fit is not None:
        console.print()
        show(_ways(found, console), console)
    for text in found.notices:
        console.print(notice_block(Notice(text, "note"), console), soft_wrap=True)


def _lines(found: Benchmark) -> Iterator[tuple[str, str]]:
    """Yield what was measured, by its name."""
    size, path, epoch = found.size, found.path, found.epoch
    yield "model", f"{size.parameters:,} parameters"
    yield "an epoch", f"{size.rows:,} rows in {_times(size.steps, 'step')} of {size.batch_size:,}"
    if path.kind == "loop":
        yield "steps", f"many in one call of TensorFlow, over {_over(found)}"
    else:
        yield "steps", f"by Keras' own `fit`: {path.why}"
    if path.kind == "loop" or path.compiled:
        yield "XLA", f"{'compiles them' if path.compiled else 'does not compile them'}: {path.rule}"
    if path.fused:
        yield "optimizer", "each step of Adam is one operation"
    phases = ", ".join(f"{name} {seconds(value)}" for name, value in found.to_first_step.items())
    yield "first step", f"after {seconds(sum(found.to_first_step.values()))} s: {phases}"
    after = f"; validation {seconds(Spread.of(found.kspec.validation).median)} s" if found.kspec.validation else ""
    times = _times(len(found.kspec.seconds), "epoch")
    yield "training", f"{seconds(epoch.median)} s an epoch ({_range(epoch)}, {times}){after}"
    yield "speed", f"{found.rows_per_second:,.0f} rows/s, {found.steps_per_second:,.0f} steps/s"
    yield "waiting", _waiting(found)
    yield "memory", "not told by this system" if found.memory is None else f"{found.memory / 1e6:,.0f} MB at most"
    yield "arithmetic", _arithmetic(found)
    if found.fit is None:
        yield "Keras' fit", f"not timed: {found.without_fit}"
    machine, versions = found.machine, found.machine.get("versions", {})
    packages = [f"{name} {versions[name]}" for name in ("tensorflow", "keras") if name in versions]
    yield "machine", ", ".join([f"{machine.get('processor', '')}, {machine.get('cores', '?')} cores", *packages])


def _over(found: Benchmark) -> str:
    if found.path.shared:
        return "batches that devices share"
    return "rows read meanwhile" if found.waited else "rows in memory"


def _waiting(found: Benchmark) -> str:
    if found.path.kind == "loop" and found.waited == 0:
        return "none: the rows are in memory"
    return "not to be told here" if found.waited is None else f"for rows: {share(found.waited)} of the time"


def _arithmetic(found: Benchmark) -> str:
    known = found.arithmetic
    peak = f"{known.peak / 1e9:,.0f}" if known.peak else None
    if known.achieved is None:
        return f"not counted: {known.why}" + (f"; this machine reaches {peak} GFLOP/s" if peak else "")
    text = f"{_short(known.achieved / 1e9)} GFLOP/s"
    if not known.peak:
        return text
    if known.achieved > known.peak:  # other work has slowed the product down
        return f"{text}, more than the {peak} of a large product of matrices"
    return f"{text}, {share(known.achieved / known.peak)} of the {peak} that this machine reaches"


def _ways(found: Benchmark, console: Console) -> Iterator[Text]:
    """Yield kspec and Keras' own `fit` beside each other, and how far their losses agree."""
    if found.fit is None or found.ratio is None:
        return
    both = (found.kspec, found.fit)
    spreads = [Spread.of(way.seconds) for way in both]
    faster = [f"{found.ratio.median:.2f} ({found.ratio.least:.2f} to {found.ratio.most:.2f})", "1"]
    columns = [
        Column("", [Text("kspec", "bold"), Text("Keras' fit")]),
        Column("first step s", [Text(seconds(way.first_step)) for way in both], right=True, drop=3),
        Column("epoch s", [Text(seconds(spread.median)) for spread in spreads], right=True),
        Column("least to most", [Text(_range(spread)) for spread in spreads], drop=2),
        Column("times as fast", [Text(text, "green" if "(" in text else "") for text in faster]),
        Column("loss", [Text(metric_value(way.loss)) for way in both], right=True, drop=1),
    ]
    yield from lay_out(columns, console.width)
    apart = abs(found.kspec.loss - found.fit.loss)
    if apart == 0:
        yield Text("losses are equal to the last bit", "dim")
    elif apart <= _CLOSE * max(1.0, abs(found.fit.loss)):
        yield Text(f"losses differ by {apart:.1e}: rounding", "dim")
    else:
        yield Text(f"losses differ by {apart:.1e}", "yellow")


def seconds(value: float) -> str:
    """Return seconds in three figures, such as `0.0123`, `4.56` or `123`."""
    return f"{value:.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def _range(spread: Spread) -> str:
    return f"{seconds(spread.least)} to {seconds(spread.most)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _times(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
