"""The plan of a spec for a table: which columns are fed, which rows are left out, what is to be predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kspec.commands.starters.columns import Column, judge
from kspec.commands.starters.sheet import shown
from kspec.commands.starters.table import Table
from kspec.commands.starters.targets import Target, Task, judge_target
from kspec.data.choice import unknown_field
from kspec.data.sources import Fields
from kspec.spec.problems import Problem, SpecError

LEAST_ROWS = 10
"""Rows below which nothing can be learnt and judged."""
_LEAST_OF_A_CLASS = 5
"""Rows of a class of which it is next to certain that not all go to validation."""
_MOST_GAPS = 0.5
"""Share of the rows in which a number may be missing."""
_MOST_CODES = 12
"""Columns of few whole numbers up to which each is fed as a code; more are pixels or counts."""
_MANY = 24
"""Columns from which on a spec does not list them, if it feeds all of them."""

_KINDS = (
    (("number",), "number", "numbers"),
    (("code", "category"), "category", "categories"),
    (("words",), "text", "texts"),
)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What a spec for a table will say.

    Args:
        table: The table, read as the spec will read it.
        columns: Columns that are fed to the model.
        left_out: Columns that are of no use, each with the reason.
        unasked: Columns that were not to be fed.
        targets: What is predicted.
        required: Targets that must have a value.
        dropped: Rows that are left out because they lack one.
        every: Whether the input is every column that is read, so that none needs to be named.
    """

    table: Table
    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]
    unasked: tuple[str, ...]
    targets: tuple[Target, ...]
    required: tuple[str, ...]
    dropped: int
    every: bool

    @property
    def rows(self) -> int:
        """Rows that are used."""
        return self.table.fields.rows

    @property
    def counted(self) -> str:
        """How many columns of each kind are fed, such as `4 numbers and 2 categories`."""
        parts = [
            f"{count:,} {one if count == 1 else more}" for uses, one, more in _KINDS if (count := len(self.of(*uses)))
        ]
        return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

    def of(self, *uses: str) -> list[Column]:
        """Return the columns that are fed and have one of these uses."""
        return [column for column in self.columns if column.use in uses]


def plan_table(
    table: Table,
    targets: Sequence[str],
    *,
    inputs: Sequence[str] = (),
    drop: Sequence[str] = (),
    task: Task | None = None,
) -> TablePlan:
    """Return the plan of a spec for a table.

    Args:
        table: The table.
        targets: Columns that are to be predicted.
        inputs: Columns to predict from; all others if empty.
        drop: Columns not to predict from.
        task: Whether targets are classes or quantities; guessed if None.

    Raises:
        SpecError: There is no such column, or nothing can be learnt.
    """
    targets = tuple(dict.fromkeys(targets))
    _check_names(table.fields, targets, inputs, drop)
    fed = [name for name in inputs or table.fields if name not in targets and name not in drop]
    aims = [judge_target(name, table.fields[name], task) for name in targets]
    columns = _without_mostly_gaps([judge(name, table.fields[name]) for name in fed], table.fields.rows)
    required = [target.name for target in aims if target.gaps]
    as_text = [target.name for target in aims if target.as_text] + [item.name for item in columns if item.as_text]
    whole = table.again(text=as_text, drop_missing=required)
    if whole.fields.rows < LEAST_ROWS:
        message = f"{shown(table.file)} has {whole.fields.rows:,} rows that can be used"
        hint = f"{LEAST_ROWS} are the least to learn from and to judge by"
        raise SpecError([Problem("too-few-rows", (), message, hint)])
    # What is read as text now, and whose rows are fewer, is judged by what it has become.
    columns = _few_codes(
        [item if item.use == "none" else judge(item.name, whole.fields[item.name]) for item in columns]
    )
    used = tuple(item for item in columns if item.use != "none")
    unused = [item for item in columns if item.use == "none"]
    if not used:
        reasons = "; ".join(f"{shown(item.name)} {item.why}" for item in unused[:3])
        message = "no column is left to predict from" + (f": {reasons}" if reasons else "")
        raise SpecError([Problem("missing-input", (), message)])
    names = [item.name for item in used]
    every = (
        len(used) > _MANY
        and all(item.use == "number" and not item.gaps for item in used)
        and "x" not in (*names, *targets)
    )
    return TablePlan(
        table=whole,
        columns=used,
        left_out=tuple(unused),
        unasked=tuple(name for name in table.fields if name not in (*fed, *targets)),
        targets=_whole_targets([judge_target(name, whole.fields[name], task) for name in targets]),
        required=tuple(required),
        dropped=table.fields.rows - whole.fields.rows,
        every=every,
    )


def _check_names(fields: Fields, targets: Sequence[str], *others: Sequence[str]) -> None:
    """Refuse names that no column has, and targets that are named as something else, too.

    Raises:
        SpecError: With each of them.
    """
    unknown = dict.fromkeys(name for names in (targets, *others) for name in names if name not in fields)
    problems = [unknown_field(fields, name, ()) for name in unknown]
    for name in targets:
        if any(name in names for names in others):
            message = f"{shown(name)} is to be predicted, and is named under `--input` or `--drop`"
            problems.append(Problem("bad-target", (), message, "name it once"))
    if problems:
        raise SpecError(problems)


def _whole_targets(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return targets of which each class will be among the rows that are trained on.

    Raises:
        SpecError: A class might not be: only one target's classes can be shared out evenly.
    """
    shared = stratified(targets)
    for target in targets:
        if target is not shared and target.classes and target.rarest[1] < _LEAST_OF_A_CLASS:
            label, count = target.rarest
            message = f"the class {shown(label)} of {shown(target.name)} has {count} rows only"
            hint = (
                f"beside {shown(shared.name if shared else '')} each class needs {_LEAST_OF_A_CLASS}; predict it alone"
            )
            raise SpecError([Problem("bad-target", (), message, hint)])
    return tuple(targets)


def stratified(targets: Sequence[Target]) -> Target | None:
    """Return the target whose classes the validation rows are to have in the same shares: that of the rarest class."""
    return min((target for target in targets if target.classes), key=lambda target: target.rarest[1], default=None)


def _without_mostly_gaps(columns: Sequence[Column], rows: int) -> list[Column]:
    """Return the columns; those numbers that most rows lack are of no use: their mean would stand in for most."""
    return [
        replace(item, use="none", why=f"has no value in {item.gaps:,} of {rows:,} rows: too few to learn from")
        if item.use in ("number", "code") and item.gaps > _MOST_GAPS * rows
        else item
        for item in columns
    ]


def _few_codes(columns: Sequence[Column]) -> list[Column]:
    """Return the columns; where many hold few whole numbers, these are taken for quantities, such as pixels."""
    if sum(item.use == "code" for item in columns) <= _MOST_CODES:
        return list(columns)
    return [replace(item, use="number") if item.use == "code" else item for item in columns]
