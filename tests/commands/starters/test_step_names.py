"""Names of inputs and outputs that are made of those of columns."""

from hypothesis import given
from hypothesis import strategies as st

from kspec import catalogue
from kspec.commands.starters.names import StepNames
from kspec.commands.starters.sheet import scalar
from kspec.spec.checker import Checker
from kspec.spec.model.names import Names

COLUMNS = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["Dense", "dense", "from", "i", "true"])
)


def test_names_are_as_near_as_can_be():
    columns = [
        "age",
        "Age",
        "weight kg",
        "2nd",
        "日本",
        "%",
        "name",
        "from",
        "Dense",
        "Adam",
        "_x_",
        "a-b",
        "Title",
        "Null",
    ]
    names = StepNames()
    assert [names.give(column) for column in columns] == [
        "age", "Age_2", "weight_kg", "column_2nd", "column", "column_2", "name_column", "from_column", "dense", "adam",
        "x", "a_b", "Title", "Null_column",
    ]  # fmt: skip


@given(COLUMNS)
def test_any_columns_give_names_that_a_model_takes(columns):
    given_names = StepNames()
    checker = Checker([])
    names = Names(catalogue.load(), checker)
    for column in columns:
        name = given_names.give(column)
        assert names.check(name, (), what="input"), checker.problems
        assert scalar(name) == name, "a name is written without quotes"
        names.results[name] = None
