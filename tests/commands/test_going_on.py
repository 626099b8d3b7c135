"""What may change between the beginning of a run and its going on, and what more epochs are."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import kspec
from kspec.commands.train import resume, train
from kspec.commands.training import resuming
from kspec.runs.events import EpochEnded, Notice, Warned
from kspec.runs.folder import RunFolder
from kspec.runs.listing import find_unfinished

pytestmark = pytest.mark.usefixtures("no_pictures")

SPEC = """
name: small
vars: {epochs: 2, units: 8}
data: {source: {npz: rows.npz}}
model:
  layers:
    - {Dense: {units: $(units), activation: relu}}
    - {Dropout: 0.3}
    - {Dense: {units: 2, activation: softmax}}
compile:
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
fit: {epochs: $(epochs), batch_size: 8, validation_split: 0.25}
"""


def stop(event) -> None:
    if isinstance(event, EpochEnded) and event.epoch == 1:
        raise KeyboardInterrupt


def rows(path: Path, seed: int = 0) -> None:
    random = np.random.default_rng(seed)
    np.savez(path / "rows.npz", x=random.normal(size=(40, 4)), y=np.arange(40) % 2)


def history(run: kspec.Run) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history.rows]


def same_weights(one: kspec.Run, other: kspec.Run) -> bool:
    pairs = zip(one.model(last=True).get_weights(), other.model(last=True).get_weights(), strict=True)
    return all(np.array_equal(ours, theirs) for ours, theirs in pairs)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A project with a run that was stopped after the first of two epochs."""
    project = tmp_path_factory.mktemp("project")
    rows(project)
    (project / "spec.yaml").write_text(SPEC)
    train(project / "spec.yaml", runs=project / "runs", observe=stop)
    return project


@pytest.fixture
def project(interrupted, tmp_path, monkeypatch):
    """A copy of it, in its place as it were: what run.json says of it is brought up to date."""
    copy = tmp_path / "project"
    shutil.copytree(interrupted, copy)
    for path in copy.rglob("*"):
        if path.suffix in (".json", ".yaml"):
            path.write_text(path.read_text().replace(str(interrupted), str(copy)))
    monkeypatch.chdir(copy)
    return copy


def run_of(project: Path) -> RunFolder:
    return RunFolder(project / "runs" / "small-1")


def refused(*arguments, **options) -> list[tuple[str, str]]:
    with pytest.raises(kspec.SpecError) as caught:
        resume(*arguments, **options)
    return [(problem.code, problem.message) for problem in caught.value.problems]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_the_seed_that_was_drawn_is_written_down_and_kept(project):
    resolved = yaml.safe_load((run_of(project).path / "resolved.yaml").read_text())
    assert "seed" not in yaml.safe_load(SPEC)
    assert resolved["seed"] == kspec.Run(run_of(project)).manifest.seed
    other = train("spec.yaml", runs=project / "runs", observe=stop)
    assert other.manifest.seed != resolved["seed"]


def test_a_changed_layer_seed_and_optimizer_are_refused_at_their_lines(project):
    path = run_of(project).path / "resolved.yaml"
    edit(path, "Dropout: 0.3", "Dropout: 0.4")
    edit(path, "learning_rate: 0.01", "learning_rate: 0.02")
    edit(path, f"seed: {kspec.Run(run_of(project)).manifest.seed}", "seed: 3")
    with pytest.raises(kspec.SpecError) as caught:
        resume(run_of(project))
    head, *found = caught.value.problems
    assert "`--force`" in head.hint
    lines = path.read_text().splitlines()
    said = {problem.message: lines[problem.span.line - 1].strip() for problem in found}
    assert len(said) == 3
    assert said["`model.layers.1.Dropout` was 0.3 when the run began, and is 0.4 now"] == "- Dropout: 0.4"
    seed = kspec.Run(run_of(project)).manifest.seed
    assert said[f"`seed` was {seed} when the run began, and is 3 now"] == "seed: 3"
    assert "learning_rate: 0.02" in said.values()
    assert kspec.Run(run_of(project)).manifest.status == "interrupted"


def test_a_layer_put_in_is_one_difference(project):
    edit(run_of(project).path / "resolved.yaml", "  - Dropout: 0.3", "  - BatchNormalization\n  - Dropout: 0.3")
    (_, (code, message)) = refused(run_of(project))
    assert code == "run-changed"
    assert message == "`model.layers.1` was not there when the run began, and is BatchNormalization now"


def test_what_training_does_not_read_may_change(project):
    path = run_of(project).path / "resolved.yaml"
    edit(path, "name: small", "name: small\ndescription: mine\nevaluate: {batch_size: 4}")
    run = resume(run_of(project))
    assert run.manifest.status == "done"
    (again,) = run.manifest.resumed
    assert (again.epoch, again.epochs, again.changed) == (1, 2, [])


def test_another_number_of_epochs_is_taken_from_the_option_and_from_the_spec(project):
    whole = train("spec.yaml", runs=project / "whole", overrides={"vars.epochs": 3, "seed": seed_of(project)})
    edit(project / "spec.yaml", "epochs: 2", "epochs: 3")
    assert find_unfinished(project / "runs", Path("spec.yaml")) == run_of(project)
    said = []
    run = resume(run_of(project), spec=Path("spec.yaml"), observe=said.append)
    assert not [event for event in said if isinstance(event, Warned)]
    assert history(run) == history(whole)
    assert same_weights(run, whole)
    assert yaml.safe_load((run.path / "resolved.yaml").read_text())["fit"]["epochs"] == run.manifest.epochs == 3


def seed_of(project: Path) -> int:
    return kspec.Run(run_of(project)).manifest.seed


def test_a_spec_that_was_edited_is_told_of_and_refused_where_it_is_named(project):
    edit(project / "spec.yaml", "units: 8", "units: 9")
    said = []
    run = run_of(project)
    with pytest.raises(kspec.SpecError) as caught:
        resume(run, spec=Path("spec.yaml"))
    _, problem = caught.value.problems
    assert problem.message == "`vars.units` was 8 when the run began, and is 9 now"
    assert (problem.span.source.name, problem.span.line) == ("spec.yaml", 3)
    assert kspec.Run(resume(run, observe=said.append).folder).manifest.status == "done"
    (note,) = [event.text for event in said if isinstance(event, Notice)]
    assert "goes on as it was" in note


def test_a_spec_in_other_words_goes_on_and_is_not_told_of(project):
    edit(project / "spec.yaml", "Dropout: 0.3", "Dropout: {seed: null, rate: 3e-1}")
    edit(project / "spec.yaml", "\nname: small", "\n# a remark\nname: small")
    edit(project / "spec.yaml", "batch_size: 8, ", "shuffle: true, batch_size: 8, ")
    edit(project / "spec.yaml", "activation: softmax", "use_bias: true, activation: softmax")
    said = []
    assert resume(run_of(project), observe=said.append).manifest.status == "done"
    assert not [event for event in said if isinstance(event, Notice)]
    run = resume(run_of(project), spec=Path("spec.yaml"), epochs=3)
    assert [again.changed for again in run.manifest.resumed] == [[], []]


def test_one_byte_of_the_data_is_refused_and_force_goes_on_and_is_recorded(project):
    rows(project, seed=1)
    (_, (code, message)) = refused(run_of(project))
    assert code == "data-changed"
    assert re.fullmatch("`data of source` was sha256 .{12} when the run began, and is sha256 .{12} now", message)
    before = kspec.Run(run_of(project)).manifest.data["fingerprints"]
    run = resume(run_of(project), force=True)
    assert run.manifest.status == "done"
    (again,) = run.manifest.resumed
    assert [item["kind"] for item in again.changed] == ["data"]
    assert run.manifest.data["fingerprints"] != before


def test_data_that_only_moved_is_the_same_data(project):
    (project / "elsewhere").mkdir()
    shutil.move(project / "rows.npz", project / "elsewhere" / "rows.npz")
    run = resume(run_of(project), overrides={"data.source.npz": str(project / "elsewhere" / "rows.npz")})
    assert run.manifest.status == "done"
    assert "elsewhere" in (run.path / "resolved.yaml").read_text()


def test_the_runs_folder_may_move(project):
    shutil.move(project / "runs", project / "kept")
    assert resume(RunFolder(project / "kept" / "small-1")).manifest.status == "done"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"versions": {"keras": "3.0.0"}}, "`keras` was 3.0.0 when the run began, and is "),
        ({"versions": {"numpy": "1.0"}}, "`numpy` was 1.0 when"),
        ({"platform": {"environment": {"TF_ENABLE_ONEDNN_OPTS": "0"}}}, "`TF_ENABLE_ONEDNN_OPTS` was 0 when the run "
         "began, and is not set now"),
        ({"platform": {"features": ["avx", "of_another_age"]}}, "`instruction sets of the processor` was "),
        ({"runtime": {"threads": {"intra": 77, "inter": 0}}}, "`threads of an operation` was 77 when"),
        ({"runtime": {"devices": ["GPU:0"]}}, "`devices` was GPU:0 when the run began, and is CPU:0 now"),
        ({"runtime": {"onednn": "unheard of"}}, "`oneDNN` was unheard of when"),
    ],
)  # fmt: skip
def test_versions_threads_and_devices_are_compared(project, change, expected):
    path = run_of(project).path / "run.json"
    content = json.loads(path.read_text())
    for section, values in change.items():
        content[section] |= values
    path.write_text(json.dumps(content))
    (_, (code, message)) = refused(run_of(project))
    assert code == "run-changed"
    assert message.startswith(expected)


def test_forced_once_is_what_the_next_resume_is_held_against(project, monkeypatch):
    installed = resuming.installed_versions()
    monkeypatch.setattr(resuming, "installed_versions", lambda: installed | {"numpy": "9.9"})
    monkeypatch.setattr("kspec.commands.training.run_folders.installed_versions", lambda: installed | {"numpy": "9.9"})
    assert refused(run_of(project))
    run = resume(run_of(project), force=True)
    assert [item["name"] for item in run.manifest.resumed[-1].changed] == ["numpy"]
    run = resume(run.folder, epochs=3)
    assert run.manifest.status == "done"


def test_more_epochs_equal_a_run_that_was_begun_with_them(project):
    """A finished run goes on in its own folder; the optimizer goes on, too, or the weights would differ."""
    seed = {"seed": seed_of(project)}
    whole = train("spec.yaml", runs=project / "whole", overrides=seed | {"fit.epochs": 4})
    run = train("spec.yaml", runs=project / "more", overrides=seed)
    assert refused(run.folder)[0][0] == "run-finished"
    with pytest.raises(kspec.SpecError, match=r"is finished: 2 epochs; for more: `kspec train .* --epochs 12`"):
        resume(run.folder)
    with pytest.raises(kspec.SpecError, match="has 2 epochs, more than 1"):
        resume(run.folder, epochs=1)
    again = resume(run.folder, epochs=4)
    assert again.path == run.path
    assert history(again) == history(whole)
    assert same_weights(again, whole)
    assert again.results == whole.results
    manifest = again.manifest
    assert (manifest.status, manifest.epochs, manifest.epochs_done) == ("done", 4, 4)


def test_more_epochs_after_early_stopping(project):
    """The run would have been stopped there, too, had it been begun with more; `--force` trains on."""
    stopping = [{"EarlyStopping": {"monitor": "loss", "mode": "max", "patience": 1, "restore_best_weights": True}}]
    overrides = {"callbacks": stopping, "fit.epochs": 6, "compile.optimizer.Adam.learning_rate": 0.1, "seed": 1}
    run = train("spec.yaml", runs=project / "early", overrides=overrides)
    stopped = run.manifest.epochs_done
    assert run.manifest.status == "stopped"
    assert stopped < 6
    with pytest.raises(kspec.SpecError, match=r"would have been had it been begun with 12; .*--epochs 12 --force`"):
        resume(run.folder, epochs=12)
    run = resume(run.folder, epochs=12, force=True)
    assert run.manifest.epochs_done > stopped
    assert run.manifest.resumed[-1].epoch == stopped


def test_schedules_made_for_a_number_of_epochs_are_warned_of(project):
    edit(
        project / "spec.yaml",
        "learning_rate: 0.01",
        "learning_rate: {CosineDecay: {initial_learning_rate: 0.01, decay_steps: $(epochs * 4)}}",
    )
    run = train("spec.yaml", runs=project / "decay")
    said = []
    resume(run.folder, epochs=3, observe=said.append)
    (warned,) = [event for event in said if isinstance(event, Warned)]
    assert [problem.code for problem in warned.problems] == ["schedule-ended", "fixed-total"]
    ended, fixed = warned.problems
    assert "at step 8, in epoch 2" in ended.message
    assert fixed.message.startswith("`compile.optimizer.Adam.learning_rate.CosineDecay.decay_steps` was computed")


def test_without_a_name_the_newest_unfinished_run_goes_on(project):
    runs = project / "runs"
    assert find_unfinished(runs) == run_of(project)
    train("spec.yaml", runs=runs, overrides={"vars.epochs": 1})
    assert find_unfinished(runs) == run_of(project)
    shutil.rmtree(run_of(project).path)
    with pytest.raises(kspec.SpecError, match=r"the newest, `small-2`, is finished; for more epochs: `kspec train "):
        find_unfinished(runs)
    with pytest.raises(kspec.SpecError, match=r"there is no run of `other\.yaml`"):
        find_unfinished(runs, Path("other.yaml"))
