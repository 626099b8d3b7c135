"""What `kspec init` writes, where, and what it refuses."""

import json
from pathlib import Path

import pytest

import kspec
from kspec.commands.init import init_table, init_template, is_table
from kspec.spec.problems import SpecError

ROWS = "a,b,kind\n" + "".join(f"{row % 7}.5,{row * 37 % 11},{'xyz'[row % 3]}\n" for row in range(40))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text(ROWS)
    (tmp_path / "kspec.schema.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(call, *arguments, **options):
    with pytest.raises(SpecError) as caught:
        call(*arguments, **options)
    return [str(problem) for problem in caught.value.problems]


def test_a_template_is_written_under_its_name():
    made = init_template("mlp")
    assert made.path == Path("mlp.yaml")
    assert made.path.read_text(encoding="utf-8") == made.text
    assert made.next_commands == ("kspec validate mlp.yaml", "kspec train mlp.yaml")
    assert kspec.validate("mlp.yaml", static=True) == []


def test_runs_are_called_after_the_file_or_as_told():
    assert "\nname: other " in init_template("cnn", "data/other.yml").text
    made = init_template("cnn", run_name="first")
    assert made.path == Path("first.yaml")
    assert "\nname: first " in made.text
    made = init_template("cnn", "my spec.yaml", run_name="second")
    assert made.next_commands == ("kspec validate 'my spec.yaml'", "kspec train 'my spec.yaml'")
    assert "\nname: second " in made.text


def test_standard_output_is_no_file():
    made = init_template("lstm", "-")
    assert (made.path, made.next_commands) == (None, ())
    assert not Path("-").exists()
    assert not Path("lstm.yaml").exists()


def test_a_spec_begins_with_the_schema_that_editors_look_for(home):
    line = "# yaml-language-server: $schema="
    assert init_template("mlp").text.startswith(f"{line}./kspec.schema.json\n\n# A table of numbers")
    assert init_template("mlp", "data/a.yaml").text.startswith(f"{line}../kspec.schema.json\n\n")
    assert init_table("data/rows.csv", targets=["kind"]).text.startswith(f"{line}./kspec.schema.json\n\n# `kind` of")
    assert init_template("mlp", "-").text.startswith(f"{line}./kspec.schema.json\n\n")
    assert (home / "kspec.schema.json").read_text() == "{}", "a schema that is there is not written over"


def test_a_schema_is_written_where_there_is_none(home):
    (home / "kspec.schema.json").unlink()
    assert init_template("mlp", "-").text.startswith("# A table of numbers")
    assert not (home / "kspec.schema.json").exists()
    made = init_template("mlp", "data/a.yaml")
    assert made.text.startswith("# yaml-language-server: $schema=./kspec.schema.json\n\n")
    assert made.schema == Path("data/kspec.schema.json")
    assert "properties" in json.loads(made.schema.read_text(encoding="utf-8"))
    assert init_template("cnn", "data/b.yaml").schema is None


def test_a_file_that_exists_is_left_alone():
    Path("mlp.yaml").write_text("mine")
    Path("dangling.yaml").symlink_to("nowhere.yaml")
    message = "error: `mlp.yaml` exists; `--force` writes over it, `--output` names another file [file-exists]"
    assert refused(init_template, "mlp") == [message]
    assert Path("mlp.yaml").read_text() == "mine"
    assert refused(init_template, "mlp", "dangling.yaml")
    init_template("mlp", force=True)
    assert kspec.validate("mlp.yaml", static=True) == []


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("data", "`data` is a folder; name a file in it"),
        ("x/a.yaml", "the folder `x` does not exist; make it first"),
        ("a.json", "`a.json` has another ending than the YAML that would be in it; name it `a.yaml`"),
        ("a", "`a` has another ending than the YAML that would be in it; name it `a.yaml`"),
    ],
)
def test_places_where_no_spec_can_be_written(output, message):
    assert refused(init_template, "mlp", output) == [f"error: {message} [bad-output]"]
    assert refused(init_table, "data/rows.csv", output, targets=["kind"]) == [f"error: {message} [bad-output]"]


def test_what_is_no_template():
    (told,) = refused(init_template, "mpl")
    assert told == "error: there is no template `mpl`; did you mean `mlp`? [unknown-template]"
    assert "there are mlp, cnn, lstm, multi-io, autoencoder, transfer" in refused(init_template, "zzzz")[0]
    Path("rows").write_text(ROWS)
    assert "such as `{csv: FILE}`" in refused(init_template, "rows")[0]
    assert "cannot name a run" in refused(init_template, "mlp", run_name="a/b")[0]


@pytest.mark.parametrize(
    ("start", "table"),
    [("a.csv", True), ("x/a.CSV", True), ("a.csv.gz", True), ("{csv: a}", True), ("mlp", False), ("a.yaml", False)],
)
def test_a_table_is_told_from_a_template(start, table):
    assert is_table(start) is table


def test_a_spec_for_a_table_finds_it_from_where_it_lies(home):
    made = init_table("data/rows.csv", targets=["kind"])
    assert made.path == Path("rows.yaml")
    assert "train: {csv: data/rows.csv}" in made.text
    assert "#   kspec train rows.yaml\n" in made.text
    assert "Made by `kspec init data/rows.csv --target kind`" in made.text
    assert "train: {csv: rows.csv}" in init_table("data/rows.csv", "data/a.yaml", targets=["kind"]).text
    Path("specs").mkdir()
    assert "train: {csv: ../data/rows.csv}" in init_table("data/rows.csv", "specs/a.yaml", targets=["kind"]).text
    assert "train: {csv: data/rows.csv}" in init_table(str(home / "data" / "rows.csv"), "-", targets=["kind"]).text
    far = Path("data/deep/deeper")
    far.mkdir(parents=True)
    Path("near").symlink_to(far)
    assert "train: {csv: ../../rows.csv}" in init_table("data/rows.csv", "near/a.yaml", targets=["kind"]).text


def test_a_table_can_be_named_as_a_spec_would():
    Path("data/more.csv").write_text(ROWS.replace(",", ";"))
    made = init_table('{csv: {path: data/more.csv, delimiter: ";"}}', targets=["kind"])
    assert made.path == Path("more.yaml")
    assert 'delimiter: ";"' in made.text
    assert made.plan.rows == 40
    Path("data/again.csv").write_text(ROWS)
    several = init_table("{csv: [data/rows.csv, data/again.csv]}", targets=["kind"])
    assert "path: [data/rows.csv, data/again.csv]" in several.text
    assert several.plan.rows == 80
    matched = init_table("{csv: 'data/[ar]*.csv'}", "all.yaml", targets=["kind"])
    assert matched.plan.rows == 80
    for spec in ("more.yaml", "rows.yaml", "all.yaml"):
        assert kspec.validate(spec, static=True) == []


def test_what_is_no_table():
    assert refused(init_table, "data/row.csv", targets=["kind"]) == [
        "error: there is no file `data/row.csv`; did you mean `data/rows.csv`? [not-found]"
    ]
    assert "a spec can be made for a CSV file, not for `iris`" in refused(init_table, "{iris: {}}")[0]
    assert "did you mean `delimiter`?" in refused(init_table, "{csv: {path: a.csv, delimter: x}}")[0]
    Path("$(a).csv").write_text(ROWS)
    assert "it has `$(`, which stands for arithmetic" in refused(init_table, "$(a).csv", "b.yaml", targets=["kind"])[0]
    assert not Path("b.yaml").exists()


def test_the_target_is_asked_for_where_somebody_can_answer():
    (told,) = refused(init_table, "data/rows.csv")
    assert told == (
        "error: nothing says what to predict in `rows.csv`; add `--target COLUMN`; "
        "the columns are `a`, `b` and `kind` [missing-target]"
    )
    assert refused(init_table, "data/rows.csv", ask=lambda columns: None) == [told]
    asked = []
    made = init_table("data/rows.csv", ask=lambda columns: asked.append(columns) or "b")
    assert asked == [["a", "b", "kind"]]
    assert [target.name for target in made.plan.targets] == ["b"]
    assert "Made by `kspec init data/rows.csv --target b`" in made.text


def test_a_task_is_taken_as_told():
    assert init_table("data/rows.csv", "-", targets=["b"]).plan.targets[0].classes == ()
    made = init_table("data/rows.csv", "-", targets=["b"], task="classify")
    assert len(made.plan.targets[0].classes) == 11
    assert "--target b --task classify`" in made.text
