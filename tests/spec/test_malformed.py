"""Text that is no JSON, or no YAML, is refused with a problem, never with an exception."""

import pytest

from kspec import catalogue
from kspec.spec.checking import read_spec
from kspec.spec.problems import SpecError
from kspec.spec.reading import read_document

NO_JSON = [
    "", " ", "{", "}", "[", "]", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"a" 1}', '{"a"::1}', '{a: 1}',
    "{'a': 1}",
    '{"a": 1} {', '{"a": 1}}', '{"a": 1,,"b": 2}', '{,"a": 1}', '{"a": [1,]}', '{"a": [1 2]}', '{"a": [,1]}',
    '{"a": [1}',
    '{"a": {]}', '{1: 2}', '{null: 1}', '{"a": tru}', '{"a": True}', '{"a": nul}', '{"a": NaN}', '{"a": Infinity}',
    '{"a": -Infinity}', '{"a": +1}', '{"a": 01}', '{"a": 1.}', '{"a": .5}', '{"a": 1e}', '{"a": 1e+}', '{"a": 0x1F}',
    '{"a": -}', '{"a": --1}', '{"a": 1_000}', '{"a": "b}', '{"a": "\\x"}', '{"a": "\\u12"}', '{"a": "\\"}',
    '{"a": "\t"}',
    '{"a": "\n"}', '{"a": /* no */ 1}', '{"a": 1} // no', '{"a": 1, "a": 2}', '{"a": \u00a01}',
    "{\"a\": \u201cb\u201d}",
    '{"a": ' + "[" * 100_000, '{"a": ' + '{"a": ' * 100_000,
]  # fmt: skip

NO_YAML = [
    "a: b: c", "a: [1, 2", "a: {b: 1", "a: }", 'a: "b', "a: 'b", 'a: "b" c', 'a: "\\q"', "a: *b", "- a\nb: 1",
    "a: 1\n- b", "a:\n  b: 1\n c: 2", "a: 1\n  b: 2", "\ta: 1", "a:\n\t- b", "a: 1\na: 2", "%YAML 9.0 x\n---\na: 1",
    "--- a: 1", "a: |x\n b", "a: >9x\n b", "a: @b", "a: `b", "a: !!python/object:os.system x", "a: !own b",
    "? a\n: b\n: c",
    "a: [b, c]]", "a: {b: 1}}", "a: 1\n---\na: 2", "a: 1\n...\nb: 2", "[a, b]: c: d", "a: \x07", "a: \x00",
    "a: " + "[" * 10_000, "a: &x [*x]", "<<: 1\na: 2",
    "a: [b, c]#d", "a: [b,#c\n d]", "a: [#b\n c]", "a: {b: 1 ,#c\n d: 2}", "a: \"b\"#c", "a: 'b'#c", "a: [[b],#c\n d]",
]  # fmt: skip


def codes(file):
    """Return what is wrong with a file; reading a spec from it gives problems, too, and nothing else."""
    try:
        document = read_document(file)
    except SpecError as error:
        return [problem.code for problem in error.problems]
    found = [problem.code for problem in document.problems if problem.severity == "error"]
    read_spec(document, catalogue.load())
    return found


@pytest.mark.parametrize(("name", "texts"), [("spec.json", NO_JSON), ("spec.yaml", NO_YAML)])
def test_it_is_refused(name, texts, tmp_path):
    for text in texts:
        (tmp_path / name).write_bytes(text.encode())
        assert codes(tmp_path / name), text[:50]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xef\xbb\xbf", b'{"a": "\xff"}', b"\xc3\x28", b"\xed\xa0\x80: 1"])
def test_bytes_that_are_no_text_are_refused(content, tmp_path):
    for name in ("spec.json", "spec.yaml"):
        (tmp_path / name).write_bytes(content)
        assert codes(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    ["a: [b#c, d] #e", "a: {b: 1, #c\n d: 2}", "a: 'b,#c'", "a: b ,#c", "a: |\n  b\n#c\nd: 1", "a: [b,\n#c\n d]\n#e"],
)
def test_a_hash_is_refused_only_where_a_text_that_begins_with_it_would_be_lost(text, tmp_path):
    (tmp_path / "spec.yaml").write_text(text)
    assert read_document(tmp_path / "spec.yaml").problems == []
