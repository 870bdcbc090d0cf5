"""`boardcast import`: a file or stdin, followed to its end."""

import json
import signal
import subprocess
import zipfile

import pytest

from board_model import names
from harness import binary, clean_environment, run_command
from imports import rows_csv
from rest import ok
from waiting import DEADLINE, eventually


@pytest.fixture
def run_import(team, tmp_path):
    def run(content, *arguments, stdin="", token=None):
        file = tmp_path / "file"
        file.write_text(content, newline="")
        return run_command(
            "import", file, "--url", team.server.url, *arguments,
            env={"BOARDCAST_TOKEN": token or team.token("ann")}, stdin=stdin,
        )

    return run


def test_the_command_imports_a_file_and_tells_of_bad_rows(team, run_import):
    result = run_import("name,priority\na,low\n,low\nb,soon\n")
    assert result.returncode == 2, result.stderr
    assert "row 3: name is required" in result.stdout
    assert "no priority “soon” here: 1 task is medium (row 4)" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr and "\r" not in result.stderr, "no bar without a terminal"
    assert names(team.api("ann").snapshot()["tasks"]) == ["a", "b"]
    good = run_import("name\nc\n", "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["result"]["created"] == 1
    twice = run_import("name\nc\n")
    assert twice.returncode == 0 and "before" in twice.stderr
    assert names(team.api("ann").snapshot()["tasks"]) == ["a", "b", "c"]
    assert run_import("name\nc\n", "--again").returncode == 0
    assert names(team.api("ann").snapshot()["tasks"]) == ["a", "b", "c", "c"]


def test_the_command_adds_a_files_lists_for_an_admin(team, run_import):
    content = "Name;Status\nA;Ideas\n"
    matched = run_import(content)
    assert matched.returncode == 0 and "no column “Ideas” here: 1 task is in the first" in matched.stdout
    assert run_import(content, "--lists", "create").returncode == 3, "a member may not"
    created = run_import(content, "--lists", "create", token=team.token("root", role="admin"))
    assert created.returncode == 0 and "columns added: Ideas" in created.stdout, created.stderr
    assert [task["status"] for task in team.api("ann").snapshot()["tasks"]] == ["inbox", "ideas"]
    assert run_import(content, "--lists", "some").returncode == 2


def test_the_command_says_in_which_encoding_a_file_is(team, tmp_path):
    file = tmp_path / "tasks.csv"
    file.write_bytes("name\nŽluťoučký kůň\n".encode("windows-1250"))

    def run(*arguments):
        return run_command("import", file, "--url", team.server.url, *arguments, env={"BOARDCAST_TOKEN": team.token("ann")})

    guessed = run()
    assert guessed.returncode == 0 and "read as Windows-1252" in guessed.stdout
    told = run("--encoding", "Windows-1250")
    assert told.returncode == 0 and "read as Windows-1250" in told.stdout, "it is another import"
    assert names(team.api("ann").snapshot()["tasks"])[1] == "Žluťoučký kůň"
    refused = run("--encoding", "shift_jis")
    assert refused.returncode == 2 and "shift_jis" in refused.stderr and "save the file as UTF-8" in refused.stderr
    assert run("--encoding", "a; b").returncode == 2


def test_the_command_refuses_a_workbook_with_the_way_out(team, tmp_path):
    file = tmp_path / "tasks.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    refused = run_command("import", file, "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token("ann")})
    assert refused.returncode == 2 and "Excel" in refused.stderr and "CSV UTF-8" in refused.stderr


def test_the_command_reads_stdin(team):
    result = run_command(
        "import", "-", "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token("ann")},
        stdin='{"tasks":[{"name":"piped"}]}',
    )
    assert result.returncode == 0, result.stderr
    assert names(team.api("ann").snapshot()["tasks"]) == ["piped"]


def test_the_command_ends_as_the_contract_has_it(team, run_import):
    assert run_import("status\n").returncode == 2
    assert run_import("name\na\n", "--board", "nowhere").returncode == 4
    assert run_import("name\na\n", token=team.token("v", role="viewer")).returncode == 3
    missing = run_command("import", "/nowhere/file", env={"BOARDCAST_TOKEN": "x"})
    assert missing.returncode == 2 and "/nowhere/file" in missing.stderr


def test_a_board_that_its_history_makes_too_long_is_sent_without(team, run_import):
    board = {"lists": [{"id": "l", "name": "Done"}], "actions": [{"type": "updateCard", "data": "x" * 1000}] * 22_000,
             "cards": [{"id": "c", "name": "kept", "idList": "l"}]}
    result = run_import(json.dumps(board))
    assert result.returncode == 0 and "history is left out" in result.stderr, result.stderr
    assert names(team.api("ann").snapshot()["tasks"]) == ["kept"]


def test_ctrl_c_cancels_the_import(team, tmp_path):
    api = team.api("ann")
    file = tmp_path / "tasks.csv"
    file.write_text(rows_csv(50_000))
    process = subprocess.Popen(
        [str(binary()), "import", str(file), "--url", team.server.url],
        env=clean_environment({"BOARDCAST_TOKEN": team.token("ann")}), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    job = eventually(lambda: next(iter(api.get("/api/jobs").json()["items"]), None), "the job")
    eventually(lambda: len(api.tasks(limit=200)) >= 50, "some tasks")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130, said
    assert b"cancelled" in said
    assert ok(api.get(f"/api/jobs/{job['id']}"), 200).json()["status"] == "cancelled"
