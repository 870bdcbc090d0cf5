"""`boardcast --version`, `boardcast version` and `boardcast completions SHELL`."""

import re
import subprocess

import pytest

from harness import ROOT, binary, clean_environment, run_command


def test_both_ways_to_ask_print_the_version_and_the_commit_where_it_is_known():
    asked, said = run_command("--version"), run_command("version")
    assert asked.returncode == said.returncode == 0
    assert asked.stdout == said.stdout
    assert re.fullmatch(r"\d+\.\d+\.\d+( \([0-9a-f]{7,40}(-dirty)?\))?\n", asked.stdout)


def in_shell(*command, script):
    return subprocess.run(
        [*command, script], env={**clean_environment(), "PATH": f"{binary().parent}:/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60)


@pytest.fixture
def completions(tmp_path):
    """A function that writes a shell's completions to a file."""

    def write(shell):
        printed = run_command("completions", shell)
        assert printed.returncode == 0, printed.stderr
        (tmp_path / shell).write_text(printed.stdout)
        return tmp_path / shell

    return write


def test_bash_completes_subcommands_and_options(completions):
    function = r"""
        source "%s"
        complete -p boardcast
        COMP_WORDS=(boardcast %s); COMP_CWORD=%d; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
        _boardcast boardcast "${COMP_WORDS[COMP_CWORD]}" ""; printf '%%s\n' "${COMPREPLY[@]}"
    """
    file = completions("bash")
    commands = in_shell("bash", "-c", script=function % (file, "pub", 1))
    assert "publish" in commands.stdout.split(), commands.stderr
    options = in_shell("bash", "-c", script=function % (file, "tail --si", 2))
    assert "--since" in options.stdout.split(), options.stderr


def test_fish_completes_subcommands_and_options(completions):
    file = completions("fish")
    commands = in_shell("fish", "-c", script=f"source {file}; complete --do-complete 'boardcast pub'")
    assert commands.stdout.startswith("publish"), commands.stderr
    options = in_shell("fish", "-c", script=f"source {file}; complete --do-complete 'boardcast tail --si'")
    assert options.stdout.startswith("--since"), options.stderr


def test_zsh_loads_its_completions(completions):
    file = completions("zsh")
    loaded = in_shell(
        "zsh", "-fc",
        script=f"autoload -U compinit; compinit -u -D; source {file}; print $_comps[boardcast]")
    assert loaded.returncode == 0, loaded.stderr
    assert file.read_text().startswith("#compdef boardcast")


@pytest.mark.parametrize("arguments", [[], ["tcsh"]])
def test_without_a_shell_that_there_is_the_command_says_which_there_are(arguments):
    result = run_command("completions", *arguments)
    assert result.returncode == 2 and not result.stdout
    for shell in ("bash", "zsh", "fish"):
        assert shell in result.stderr


def test_the_version_is_the_newest_release_of_the_changes():
    released = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1]
    assert run_command("--version").stdout.split()[0] == released
