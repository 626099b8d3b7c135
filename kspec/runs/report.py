"""report.html: everything about a run on one page, pictures included, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.runs.history import History
from kspec.runs.judged import judged
from kspec.runs.manifest import Manifest
from kspec.runs.page import cards, number, picture, table

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #0f172a; background: #f8fafc; margin: 0; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p.lead { color: #64748b; margin: 0 0 1.5rem; }
.notice { background: #fef3c7; border-left: 4px solid #d97706; padding: .75rem 1rem; margin: 1rem 0; }
.figures { display: grid; margin: .75rem 0; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; }
.figure { background: #fff; border: 1px solid #e2e8f0; border-radius: .5rem; padding: .75rem 1rem; }
.figure b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.figure span { color: #64748b; font-size: .85rem; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; background: #fff; border: 1px solid #e2e8f0; border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
td, th { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid #e2e8f0; vertical-align: top; }
td { max-width: 28rem; overflow-wrap: break-word; }
.scroll td, .scroll th { white-space: nowrap; }
.scroll td { overflow: hidden; text-overflow: ellipsis; }
.facts td { max-width: none; overflow-wrap: anywhere; }
pre { background: #fff; border: 1px solid #e2e8f0; border-radius: .5rem; padding: 1rem; font-size: .85rem; }
pre { overflow-x: auto; }
.scroll { overflow-x: auto; margin: .75rem 0; }
"""


def write_report(folder: RunFolder, manifest: Manifest, history: History) -> None:
    """Write the report of a run from what lies in its folder.

    Args:
        folder: The run folder.
        manifest: What is known of the run.
        history: Its epochs.
    """
    atomic.write_text(folder.report, _page(folder, manifest, history))


def _page(folder: RunFolder, manifest: Manifest, history: History) -> str:
    parts = [
        f"<h1>{escape(manifest.name)}</h1>",
        f'<p class="lead">{escape(_lead(manifest, history))}</p>',
        *(f'<div class="notice" role="note">{escape(notice)}</div>' for notice in manifest.notices),
        *([f'<div class="notice" role="note">{escape(manifest.reason)}</div>'] if manifest.reason else []),
        *(f'<div class="notice" role="note">missed: {escape(str(outcome))}</div>' for outcome in manifest.missed),
        _figures(manifest, history),
        _picture("History", folder.history_png, "Metrics by epoch"),
        judged(folder),
        _picture("Model", folder.diagram_png, "Diagram of the model"),
        _text("Layers", folder.summary),
        _epochs(history),
        _text("Spec", folder.spec),
        _text("Spec and its base, put together", folder.resolved) if manifest.bases else "",
        _facts(manifest),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(manifest.name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _lead(manifest: Manifest, history: History) -> str:
    epochs = len(history.rows)
    words = [
        manifest.status,
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}",
        *manifest.data.get("origin", {}).values(),
        manifest.started[:16].replace("T", " ") + " UTC",
    ]
    return " · ".join([manifest.description, *words] if manifest.description else words)


def _figures(manifest: Manifest, history: History) -> str:
    found = []
    if manifest.monitor and (best := history.best(manifest.monitor)):
        found.append((number(best.value), f"best {manifest.monitor}, epoch {best.epoch}"))
    found += [
        (number(value), name.replace(".", " ")) for name, value in manifest.results.items() if name.startswith("test.")
    ]
    if parameters := manifest.model.get("parameters"):
        found.append((f"{parameters:,}", "parameters"))
    found += [(f"{count:,}", f"{name} rows") for name, count in manifest.data.get("rows", {}).items()]
    return cards(found)


def _picture(title: str, path: Path, alternative: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{picture(path, alternative)}" if path.exists() else ""


def _text(title: str, path: Path) -> str:
    if not path.exists():
        return ""
    return f"<h2>{escape(title)}</h2>\n<pre>{escape(path.read_text(encoding='utf-8', errors='replace'))}</pre>"


def _epochs(history: History) -> str:
    if not history.rows:
        return ""
    columns = list(dict.fromkeys(name for row in history.rows for name in row))
    rows = [[_cell(name, row) for name in columns] for row in history.rows]
    return f"<h2>Epochs</h2>\n{table(columns, rows)}"


def _cell(name: str, row: Mapping[str, float]) -> str:
    if name not in row:
        return ""
    return str(int(row[name])) if name == "epoch" else number(row[name])


def _facts(manifest: Manifest) -> str:
    rows: Iterable[tuple[str, str]] = [
        ("Command", " ".join(manifest.command)),
        ("Spec", manifest.spec),
        *(("Extends", base) for base in manifest.bases),
        ("Seed", str(manifest.seed)),
        *(("Data", f"{origin}") for origin in manifest.data.get("origin", {}).values()),
        *((f"Fingerprint of {part}", text) for part, text in manifest.data.get("fingerprints", {}).items()),
        *(("Expected", f"{outcome}: {'met' if outcome.met else 'missed'}") for outcome in manifest.expected),
        ("Started", manifest.started),
        ("Ended", manifest.ended or ""),
        ("Seconds", ", ".join(f"{phase} {seconds:g}" for phase, seconds in manifest.seconds.items())),
        ("Versions", ", ".join(f"{name} {version}" for name, version in manifest.versions.items())),
        ("Machine", f"{manifest.platform.get('system', '')}, {manifest.platform.get('cpus', '?')} processors"),
        (
            "Git",
            f"{manifest.git['commit']}{'' if manifest.git.get('clean') else ', with changes'}" if manifest.git else "",
        ),
    ]
    lines = "".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in rows if value)
    return f'<h2>How it was made</h2>\n<table class="facts">{lines}</table>'
