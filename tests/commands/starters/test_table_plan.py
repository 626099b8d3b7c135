"""Which columns a model is fed, and which rows it is trained on."""

import csv

import numpy as np
import pytest

from kspec.commands.starters.plan import plan_table
from kspec.commands.starters.table import Table
from kspec.spec.problems import SpecError

ROWS = 60
RANDOM = np.random.default_rng(0)


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Plan a spec for columns of text."""
    monkeypatch.chdir(tmp_path)

    def plan(columns, *targets, **options):
        with (tmp_path / "t.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        return plan_table(Table.read({"path": "t.csv"}), targets, **options)

    return plan


@pytest.fixture
def refused(plan):
    def refused(*arguments, **options):
        with pytest.raises(SpecError) as caught:
            plan(*arguments, **options)
        return [str(problem) for problem in caught.value.problems]

    return refused


def numbers(gaps=0, rows=ROWS):
    return ["" if row < gaps else f"{value:.3f}" for row, value in enumerate(RANDOM.normal(size=rows))]


def words(values, rows=ROWS):
    return [values[row % len(values)] for row in range(rows)]


def test_numbers_with_gaps_are_fed_and_those_that_most_rows_lack_are_not(plan):
    columns = {
        "a": numbers(1),
        "b": numbers(30),
        "c": numbers(31),
        "d": words(["x", "", "z"]),
        "y": words(["no", "yes"]),
    }
    found = plan(columns, "y")
    assert (found.required, found.dropped, found.rows) == ((), 0, ROWS)
    assert [(column.name, column.use, column.gaps) for column in found.columns] == [
        ("a", "number", 1),
        ("b", "number", 30),
        ("d", "category", 20),
    ]
    (left_out,) = found.left_out
    assert left_out.why == "has no value in 31 of 60 rows: too few to learn from"
    assert found.counted == "2 numbers and 1 category"
    assert found.table.arguments == {"path": "t.csv"}


def test_rows_without_a_target_are_left_out_whatever_their_number(plan):
    columns = {
        "a": numbers(),
        "b": numbers(9),
        "y": ["", *words(["no", "yes"])][:30] + words(["", "no"], 30),
    }
    found = plan(columns, "y")
    assert found.required == ("y",)
    assert found.rows == ROWS - 16
    assert found.table.arguments == {"path": "t.csv", "drop_missing": ["y"]}
    assert sum(count for _, count in found.targets[0].classes) == found.rows


def test_codes_with_gaps_are_read_as_text(plan):
    found = plan({"code": words(["3", "4", "5", ""]), "y": numbers()}, "y")
    (column,) = found.columns
    assert (column.use, column.distinct, column.gaps) == ("category", 3, 15)
    assert found.table.arguments == {"path": "t.csv", "text": ["code"]}


def test_classes_that_are_not_numbered_from_zero_are_read_as_text(plan):
    found = plan({"a": numbers(), "y": words(["3", "5", "4"])}, "y")
    assert found.targets[0].classes == (("3", 20), ("4", 20), ("5", 20))
    assert found.table.arguments == {"path": "t.csv", "text": ["y"]}


def test_many_columns_of_few_whole_numbers_are_quantities(plan):
    few = {f"p{number}": words([str(value) for value in range(4)]) for number in range(12)}
    assert {column.use for column in plan({**few, "y": numbers()}, "y").columns} == {"code"}
    found = plan({**few, "q": words(["7", "8", "9"]), "y": numbers()}, "y")
    assert {column.use for column in found.columns} == {"number"}


def test_many_numbers_need_no_names(plan):
    many = {f"p{number}": numbers() for number in range(25)}
    assert plan({**many, "y": numbers()}, "y").every
    assert not plan({**many, "x": numbers(), "y": numbers()}, "y").every
    assert plan({**many, "x": words(["c"]), "y": numbers()}, "y").every
    assert not plan({**many, "kind": words(["a", "b"]), "y": numbers()}, "y").every
    assert not plan({**many, "y": numbers()}, "y", drop=["p0"]).every
    assert not plan({**many, "p1": numbers(2), "y": numbers()}, "y").every


def test_columns_can_be_chosen(plan):
    columns = {"a": numbers(), "b": numbers(), "c": numbers(), "y": numbers()}
    assert [column.name for column in plan(columns, "y", inputs=["c", "a"]).columns] == ["c", "a"]
    found = plan(columns, "y", "y", drop=["a"])
    assert [column.name for column in found.columns] == ["b", "c"]
    assert found.unasked == ("a",)
    assert [target.name for target in found.targets] == ["y"]


def test_only_one_target_has_its_classes_shared_out(plan, refused):
    columns = {"a": numbers(), "y": words(["no", "yes"]), "rare": ["u", "u", "u", *words(["v", "w"], ROWS - 3)]}
    assert plan(columns, "y", "rare").targets[1].rarest == ("u", 3)
    rarer = {**columns, "y": ["x", "x", *words(["no", "yes"], ROWS - 2)]}
    (message,) = refused(rarer, "y", "rare")
    assert message == (
        "error: the class `u` of `rare` has 3 rows only; beside `y` each class needs 5; predict it alone [bad-target]"
    )


def test_what_cannot_be_planned(refused):
    columns = {"alpha": numbers(), "e": words([""]), "y": numbers()}
    assert refused(columns, "yy", inputs=["alpa"]) == [
        "error: the data has no field `yy`; did you mean `y`? [unknown-field]",
        "error: the data has no field `alpa`; did you mean `alpha`? [unknown-field]",
    ]
    assert refused(columns, "y", drop=["y"]) == [
        "error: `y` is to be predicted, and is named under `--input` or `--drop`; name it once [bad-target]"
    ]
    assert refused(columns, "y", drop=["alpha"]) == [
        "error: no column is left to predict from: `e` has no value in any row [missing-input]"
    ]
    assert refused({name: values[:9] for name, values in columns.items()}, "y") == [
        "error: `t.csv` has 9 rows that can be used; 10 are the least to learn from and to judge by [too-few-rows]"
    ]
