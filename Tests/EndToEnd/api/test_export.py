"""A board as a file, for spreadsheets and for an import."""

import csv
import io

import pytest

from imports import end_of, send
from rest import ok, problem

FIELDS = ["name", "description", "status", "priority", "assigneeId", "labels", "dueAt"]
TASKS = [
    {"name": "=1+1", "description": 'two\r\nlines, "quoted"', "labels": ["x;y", " z ", "b\\"], "priority": "urgent"},
    {"name": "-5", "status": "done", "assigneeId": "@bob", "dueAt": "2026-02-01T12:00:00.123Z"},
    {"name": "+", "status": "done"}, {"name": "'apostrophe"}, {"name": "'=shielded"}, {"name": "日本語 😀\u2028"},
]


def fields(api, board):
    return [{name: task[name] for name in FIELDS} for task in api.snapshot(board)["tasks"]]


@pytest.fixture
def full(team, api):
    """Ann's calls, with all of TASKS on `main`, and a board `copy` with nothing on it."""
    team.admin().create_board("copy")
    for task in TASKS:
        api.create_task(**task)
    return api


@pytest.mark.parametrize("form, kind", [("csv", "text/csv"), ("json", "application/json")])
def test_an_import_of_an_export_is_the_same_board(full, form, kind):
    answer = ok(full.get("/api/boards/main/export", params={"format": form}), 200)
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="main.{form}"'
    done = end_of(full, send(full, answer.content, kind, board="copy"))
    assert done["status"] == "completed" and done["result"]["created"] == len(TASKS), done
    assert fields(full, "copy") == fields(full, "main")


def test_python_reads_the_csv_and_no_cell_is_a_formula(full):
    text = ok(full.get("/api/boards/main/export", params={"format": "csv"}), 200).text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(TASKS)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in set("=+-@\t\r\n")]
    expected = full.snapshot()["tasks"]
    assert [row["description"] for row in rows] == [task["description"] for task in expected]
    assert [int(row["id"]) for row in rows] == [task["id"] for task in expected]


def test_a_board_is_exported_to_those_who_see_it(full, team, make_team):
    ok(team.api("v", role="viewer").get("/api/boards/main/export"), 200)
    problem(team.api("b", boards=["copy"]).get("/api/boards/main/export"), 403)
    problem(make_team(team.server).api("ann").get("/api/boards/copy/export"), 404)
    problem(full.get("/api/boards/main/export", params={"format": "xlsx"}), 400)
