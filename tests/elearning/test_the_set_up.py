"""Stages of the set-up: done once, done again when something changed, recovered when a run was cut short."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stages(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "bin"))
    import stages  # noqa: PLC0415  # lives in bin/, which is no package

    return stages


@pytest.fixture
def stage(stages, tmp_path):
    """A stage that notes each run; its key and its product can be changed."""

    class Trial:
        runs = 0
        key = "one"
        made = True
        fails = False

    trial = Trial()

    def work():
        trial.runs += 1
        if trial.fails:
            raise KeyboardInterrupt

    trial.stage = stages.Stage("trial", "trial", work, lambda: trial.key, lambda: trial.made, tmp_path)
    return trial


def test_a_stage_that_is_done_is_skipped(stage):
    stage.stage.ensure()
    stage.stage.ensure()
    assert stage.runs == 1


def test_a_stage_runs_again_when_its_inputs_changed_or_its_product_is_gone(stage):
    stage.stage.ensure()
    stage.key = "two"
    stage.stage.ensure()
    stage.made = False
    stage.stage.ensure()
    assert stage.runs == 3


def test_a_stage_that_was_cut_short_runs_again_although_an_older_run_had_ended_well(stage):
    stage.stage.ensure()
    stage.key, stage.fails = "two", True
    with pytest.raises(KeyboardInterrupt):
        stage.stage.ensure()
    stage.key, stage.fails = "one", False
    stage.stage.ensure()
    assert stage.runs == 3


def test_each_real_run_leaves_another_token_for_the_stages_that_build_on_it(stage):
    stage.stage.ensure()
    first = stage.stage.token()
    stage.made = False
    stage.stage.ensure()
    assert stage.stage.token() != first


def test_a_command_that_fails_shows_its_last_lines_and_the_hint(stages, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "LOGS", tmp_path)
    command = [sys.executable, "-c", "print('why it failed'); raise SystemExit(3)"]
    with pytest.raises(stages.SetupError) as error:
        stages.run("trial", command, hint="what to do")
    assert [line for line in str(error.value).splitlines() if "why" in line or "what" in line] == [
        "why it failed",
        "what to do",
    ]


def test_a_busy_port_is_named_before_anything_slow_happens(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "bin/run.py", "--port", str(port)], cwd=ROOT, capture_output=True, text=True, timeout=20
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Port {port} on 127.0.0.1 is busy")


def test_a_port_that_is_no_port_is_refused():
    done = subprocess.run([sys.executable, "bin/run.py", "--port", "80a"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "PORT must be a number from 1 to 65535, not '80a'.\n")
