import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from outlines import chain, conv, node, residual

from kspec.plots import rendering
from kspec.plots.diagram import DiagramError, draw_diagram
from kspec.plots.families import family_of
from kspec.plots.words import clip, name_range, write_count, write_shape

PNG = b"\x89PNG\r\n\x1a\n"


def texts(svg: Path) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg.read_text(encoding="utf-8")))


def test_every_format(tmp_path):
    paths = [tmp_path / f"model.{kind}" for kind in ("png", "svg", "pdf", "dot")]
    assert draw_diagram(residual(3), paths=paths, notice="trained on digits instead of mnist") == paths
    png, svg, pdf, dot = (path.read_bytes() for path in paths)
    assert png.startswith(PNG)
    assert b"<svg" in svg
    assert pdf.startswith(b"%PDF")
    assert dot.startswith(b"digraph")
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    said = texts(paths[1])
    for words in ("model", "936 parameters", "16 layers", "3 ×", "block1 … 3", "312 params each", "8 × 8 × 4"):
        assert words in said
    assert "trained on digits instead of mnist" in said
    assert "Conv2D + BatchNorm" in said and "4 filters · 3×3 · relu" in said
    assert "convolution" in said and "merge" in said and "pooling" not in said


def test_names_are_escaped(tmp_path):
    path = tmp_path / "m.svg"
    name = 'a<b>&"c"\\d:e'
    draw_diagram(chain(node("x", "InputLayer"), node(name, "Dense", "<i>", parameters=3)), paths=[path])
    assert "a&lt;b&gt;&amp;&quot;c&quot;\\d:e" in path.read_text(encoding="utf-8")


def test_a_machine_without_graphviz_and_fonts_draws_the_same(tmp_path):
    outline = residual(2)
    here, there = tmp_path / "here.svg", tmp_path / "there.svg"
    draw_diagram(outline, paths=[here])
    (tmp_path / "fonts.conf").write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    (tmp_path / "empty").mkdir()
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from outlines import residual\n"
        "from kspec.plots.diagram import draw_diagram\n"
        "draw_diagram(residual(2), paths=[Path(sys.argv[2]), Path(sys.argv[2]).with_suffix('.png')])"
    )
    bare = {"PATH": str(tmp_path / "empty"), "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(there)]
    done = subprocess.run(command, env=os.environ | bare, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(there.with_suffix(".png").read_bytes()) > 10_000
    if not rendering.shutil.which("dot"):
        assert here.read_bytes() == there.read_bytes()


def test_a_long_model_is_not_clipped(tmp_path):
    layers = [conv(f"layer_{n}", f"{n} bits") for n in range(400)]
    path = tmp_path / "long.png"
    draw_diagram(chain(*layers), paths=[path])
    assert 20_000 < int.from_bytes(path.read_bytes()[20:24], "big") <= 32_767


def test_failures_are_diagram_errors(tmp_path, monkeypatch):
    with pytest.raises(DiagramError, match=r"'\.bmp'"):
        draw_diagram(residual(1), paths=[tmp_path / "m.bmp"])
    monkeypatch.setattr(rendering.sys, "executable", str(tmp_path / "no-python"))
    monkeypatch.setattr(rendering.shutil, "which", lambda name: None)
    with pytest.raises(DiagramError, match="Graphviz could not draw"):
        draw_diagram(residual(1), paths=[tmp_path / "m.svg"])
    assert not list(tmp_path.iterdir())


def test_words():
    assert [write_count(n) for n in (0, 160, 4640, 110_720, 999_999, 25_636_712)] == [
        "0",
        "160",
        "4.64k",
        "110.72k",
        "1M",
        "25.64M",
    ]
    assert write_shape((None, 32, None, 64)) == "32 × ? × 64"
    assert write_shape((None,)) == "scalar"
    assert name_range("conv3_block2", "conv3_block4") == "conv3_block2 … 4"
    assert name_range("dense", "head") == "dense … head"
    assert clip("abcdefghij", 5) == "ab…ij" and clip("abc", 5) == "abc"


def test_families():
    assert family_of("Conv2DTranspose").name == "convolution"
    assert family_of("MultiHeadAttention").name == "attention"
    assert family_of("TimeDistributed", ("Dense", "3 units")).name == "dense"
    assert family_of("Bidirectional", ("LSTM",)).name == "recurrent"
    assert family_of("SpatialDropout2D").name == "dropout and noise"
    assert family_of("SomethingOfTheUser").name == "other"
