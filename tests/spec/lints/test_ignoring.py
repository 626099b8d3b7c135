"""`# kspec: ignore CODE` silences what it names where it stands, and nothing else; a comment without effect is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from specs import codes_of, problems_of

from kspec import catalogue
from kspec.spec.checking import read_spec
from kspec.spec.comments import comments_of
from kspec.spec.extending import extend
from kspec.spec.overrides import apply_overrides
from kspec.spec.problems import Source
from kspec.spec.reading import read_text

SPEC = """\
description: {description}
model:
  input: {{shape: [8]}}
  layers:{above}
    - Dropout: 0.95{beside}
    - Dense:{first}
        units: 1{units}
        activation: softmax
compile:{section}
  loss: binary_crossentropy{loss}
"""
PLACES = {"description": "a model", "above": "", "beside": "", "first": "", "units": "", "section": "", "loss": ""}
BOTH = ["high-dropout", "one-unit-softmax"]


def written(**places: str) -> str:
    return SPEC.format(**PLACES | places)


def test_without_a_comment_both_warnings_come() -> None:
    assert codes_of(written()) == BOTH


@pytest.mark.parametrize(
    "comment",
    [
        "  # kspec: ignore high-dropout",
        " #kspec:ignore high-dropout",
        "  # as in the paper # kspec: ignore high-dropout",
        "  # kspec: ignore high-dropout # as in the paper",
    ],
)
def test_a_comment_silences_its_line(comment: str) -> None:
    assert codes_of(written(beside=comment)) == ["one-unit-softmax"]


def test_a_comment_alone_silences_the_next_line_that_says_something() -> None:
    for above in (
        "\n    # kspec: ignore high-dropout",
        "\n# kspec: ignore high-dropout",
        "\n    # kspec: ignore high-dropout\n    # as in the paper\n\n",
        "\n    # kspec: ignore high-dropout\n    # kspec: ignore one-unit-softmax",
    ):
        codes = codes_of(written(above=above))
        assert codes[-1] == "one-unit-softmax"
        assert "high-dropout" not in codes


def test_a_comment_where_a_component_begins_silences_all_of_it() -> None:
    assert codes_of(written(first="  # kspec: ignore one-unit-softmax")) == ["high-dropout"]


def test_several_codes_stand_with_commas() -> None:
    text = "layers:  # kspec: ignore high-dropout , one-unit-softmax\n    - {Dropout: 0.95}"
    text = "model:\n  input: {shape: [8]}\n  " + text + "\n    - Dense: 1\n"
    assert codes_of(text) == ["useless-ignore", "useless-ignore", "high-dropout"]
    flow = "model: {input: {shape: [8]}, layers: [{Dropout: 0.95}, {Dense: {units: 1, activation: softmax}}]}"
    assert codes_of(flow) == BOTH
    assert codes_of(flow + "  # kspec: ignore high-dropout, one-unit-softmax") == []


def test_a_comment_elsewhere_silences_nothing() -> None:
    for places in (
        {"units": "  # kspec: ignore one-unit-softmax"},
        {"section": "  # kspec: ignore one-unit-softmax"},
        {"above": "  # kspec: ignore high-dropout"},
    ):
        assert sorted(codes_of(written(**places))) == [*BOTH, "useless-ignore"]


@pytest.mark.parametrize(
    "description",
    [
        "'a # kspec: ignore high-dropout'",
        '"a # kspec: ignore high-dropout \\" # kspec: ignore one-unit-softmax"',
        "a#kspec:ignore high-dropout",
        "|\n  text\n  # kspec: ignore high-dropout",
        ">-\n\n  text # kspec: ignore high-dropout\n",
        '"over two\n  lines # kspec: ignore high-dropout"',
    ],
)
def test_what_stands_inside_a_text_is_no_comment(description: str) -> None:
    assert codes_of(written(description=description)) == BOTH


@pytest.mark.parametrize(
    "description", ["| # kspec: ignore x\n  text", ">2- # kspec: ignore x\n  text", "'#' # kspec: ignore x"]
)
def test_a_comment_beside_a_text_is_one(description: str) -> None:
    problem, *_ = problems_of(written(description=description))
    assert problem.code == "useless-ignore"
    assert problem.span is not None
    assert problem.span.line == 1


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore loss-activation", "there is no warning `loss-activation` here to ignore; leave the comment out"),
        ("ignore hgih-dropout", "there is no warning `hgih-dropout`; did you mean `high-dropout`?"),
        ("ignore one_unit_softmax", "there is no warning `one_unit_softmax`; did you mean `one-unit-softmax`?"),
        ("ignore unknown-argument", "there is no warning `unknown-argument`"),
        ("ignore", "this comment ignores no warning; name its code: `# kspec: ignore CODE`"),
    ],
)
def test_a_useless_comment_is_told_at_its_code(comment: str, message: str) -> None:
    text = written(loss=f"  # kspec: {comment}")
    (problem,) = [problem for problem in problems_of(text) if problem.code == "useless-ignore"]
    assert problem.text == message
    assert problem.severity == "warning"
    span = problem.span
    assert span is not None
    line = text.splitlines()[span.line - 1]
    meant = comment.partition(" ")[2] or "# kspec: ignore"
    assert line[span.column - 1 : span.end_column - 1] == meant


def test_other_words_to_kspec_are_just_comments() -> None:
    assert codes_of(written(loss="  # kspec: ignored since the paper does so")) == BOTH


def test_json_has_no_comments() -> None:
    text = '{"model": {"input": {"shape": [8]}, "layers": [{"Dropout": 0.95}, {"Dense": 1}]}, '
    text += '"description": "# kspec: ignore high-dropout"}'
    problems = read_spec(read_text("spec.json", text), catalogue.load()).problems
    assert [problem.code for problem in problems] == ["high-dropout"]


def test_what_set_puts_in_is_silenced_at_its_component() -> None:
    def codes(text: str) -> list[str]:
        document = read_text("spec.yaml", text)
        apply_overrides(document, ["model.layers.0.Dropout.rate=0.99"], catalogue.load())
        return [problem.code for problem in read_spec(document, catalogue.load()).problems]

    assert codes(written()) == BOTH
    assert codes(written(beside="  # kspec: ignore high-dropout")) == ["one-unit-softmax"]


def test_a_comment_of_a_base_counts_and_is_never_useless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ignored = written(beside="  # kspec: ignore high-dropout", units="  # kspec: ignore one-unit-softmax")
    Path("base.yaml").write_text(ignored, encoding="utf-8")

    def codes(text: str) -> list[str]:
        document = read_text("spec.yaml", text)
        extend(document, catalogue.load())
        return [problem.code for problem in read_spec(document, catalogue.load()).problems]

    assert codes("extends: base.yaml\nfit: {epochs: 2}\n") == ["one-unit-softmax"]
    assert codes("extends: base.yaml\nfit: {epochs: 2}  # kspec: ignore high-dropout\n") == [
        "one-unit-softmax",
        "useless-ignore",
    ]


def test_errors_cannot_be_ignored() -> None:
    assert codes_of("model: {layers: [Flatten]}\nfit: {epoch: 3}  # kspec: ignore unknown-key") == ["unknown-key"]


def test_every_kind_of_comment_is_found() -> None:
    text = "# one\na: 1 # two\nb: [1, # three\n 2]#four\n\"c#\": 'd'\n  # five\n"
    found = [(comment.line, comment.text, comment.alone) for comment in comments_of(Source("spec.yaml", text))]
    assert found == [
        (1, "# one", True), (2, "# two", False), (3, "# three", False), (4, "#four", False), (6, "# five", True),
    ]  # fmt: skip
