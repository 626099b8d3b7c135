"""What run.json keeps of the surroundings."""

from kspec.runs.environment import describe_platform


def test_what_decides_how_tensorflow_computes_is_kept_and_what_terraform_hides_is_not(monkeypatch):
    for name in ("TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "TF_VAR_key", "TF_TOKEN_example_com", "TF_CLI_ARGS"):
        monkeypatch.setenv(name, "7")
    kept = describe_platform()["environment"]
    assert (kept["TF_ENABLE_ONEDNN_OPTS"], kept["OMP_NUM_THREADS"]) == ("7", "7")
    assert not [name for name in kept if name.startswith(("TF_VAR", "TF_TOKEN", "TF_CLI"))]
