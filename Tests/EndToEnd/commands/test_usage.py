"""Every command explains itself, says what is wrong with how it is called, and takes no token as a flag's value."""

import pytest

from harness import run_command


@pytest.mark.parametrize("command", [
    "", "serve", "token", "token mint", "token verify", "tail", "publish", "stats", "job", "job run", "import",
    "backup", "restore", "check", "doctor", "completions", "version",
])
def test_every_command_explains_itself(command):
    result = run_command(*command.split(), "--help")
    assert result.returncode == 0, result.stderr
    assert "usage" in result.stdout.lower()


@pytest.mark.parametrize("command", [["srve"], ["token", "mnt"], ["tail", "--bord", "x"], ["token", "mint"]])
def test_wrong_usage_is_exit_2(command):
    result = run_command(*command)
    assert result.returncode == 2, f"{result.returncode}: {result.stderr}"
    assert result.stderr and not result.stdout


def test_a_token_is_never_asked_for_as_a_flags_value():
    for command in (["tail"], ["stats"]):
        assert "--token <" not in run_command(*command, "--help").stdout
        assert run_command(*command, "--token", "secret").returncode == 2
