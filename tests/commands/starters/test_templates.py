"""Every template is a spec that is right, says what it is, and teaches at a readable width."""

import re
from pathlib import Path

import pytest

import kspec
from kspec.commands.starters import templates
from kspec.commands.starters.templates import NAMES, all_templates, read_template

FOLDER = Path(templates.__file__).parent.parent / "templates"


def test_the_list_and_the_folder_agree():
    assert sorted(NAMES) == sorted(path.stem for path in FOLDER.iterdir())
    assert [template.name for template in all_templates()] == list(NAMES)


@pytest.fixture(params=NAMES)
def template(request):
    return read_template(request.param)


def test_a_template_is_right(template):
    assert kspec.validate(FOLDER / f"{template.name}.yaml", static=True) == []


def test_a_template_says_what_it_is_and_how_to_run_it(template):
    lines = template.text.splitlines()
    head = lines[: lines.index("")]
    assert all(line.startswith("#") for line in head)
    assert head[0].endswith(".")
    assert len(template.summary) <= 65, "the list of templates fits into 80 columns"
    assert head[2] == f"#   kspec train {template.name}.yaml"
    assert max(map(len, lines)) <= 120
    assert re.search(rf"^name: {template.name} +#", template.text, re.MULTILINE)
    assert sum("#" in line for line in lines) > len(lines) / 4, "a template teaches"


def test_a_template_can_be_called_otherwise(template, tmp_path):
    text = template.called("2024", Path("some where") / "x.yaml")
    assert "#   kspec train 'some where/x.yaml'\n" in text
    assert "# the run folders: runs/2024-1, runs/2024-2, ...\n" in text
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    assert kspec.validate(tmp_path / "x.yaml", static=True) == []
    named = [line for line in text.splitlines() if line.startswith("name: ")]
    assert named[0].startswith('name: "2024"')
    assert named[0].index("#") == template.text.split("\nname: ")[1].index("#") + len("name: ")
    assert template.called(template.name, Path(f"{template.name}.yaml")) == template.text
