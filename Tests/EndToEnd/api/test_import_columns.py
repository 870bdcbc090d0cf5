"""A file's columns: our own export comes back unchanged, and lists that look alike stay two."""

import json
import random

import pytest

from imports import end_of, send
from rest import ok


NAMES = ["待办", "В работе", "Été", "Ete", "تم", "Done ✅", "  x", "ä\u0308", "In progress", "进行中"]
TEXTS = ["a", "=1+1", "x;y", "日本", "\n- b", "\"q\"", "'", "é", "\t", "😀"]


@pytest.mark.parametrize("seed", range(4))
def test_an_export_comes_back_unchanged(team, seed):
    admin = team.admin()
    chance = random.Random(seed)
    names = chance.sample(NAMES, chance.randint(2, 8))
    columns = [{"id": f"c{i}-{chance.randint(0, 9)}", "name": name.strip(), "limit": chance.choice([None, 1, 7, 100000])}
               for i, name in enumerate(names)]
    ok(admin.http.post("/api/boards", json={"id": "first", "columns": columns}), 201)
    text = lambda: "".join(chance.choices(TEXTS, k=chance.randint(1, 5)))
    for i in range(20):
        task = {"boardId": "first", "name": f"n{text()}".strip(), "description": text(),
                "status": chance.choice(columns)["id"], "priority": chance.choice(["low", "medium", "high", "urgent"]),
                "labels": [f"l{text()}{j}" for j in range(chance.randint(0, 3))],
                "assigneeId": chance.choice([None, "ann", "Bo Example"]),
                "dueAt": chance.choice([None, "2026-01-15T10:30:00.123Z"])}
        ok(admin.http.post("/api/tasks", json=task), 201)
    ok(admin.http.post("/api/boards", json={"id": "second"}), 201)
    ok(admin.http.post("/api/boards", json={"id": "third", "statuses": [columns[0]["id"], "other"]}), 201)

    def export(board):
        file = ok(admin.get(f"/api/boards/{board}/export?format=json"), 200).json()
        tasks = [{name: task[name] for name in ("name", "description", "status", "priority", "labels", "assigneeId", "dueAt")}
                 for task in file["tasks"]]
        return file, file["board"]["columns"], tasks

    file, first, tasks = export("first")
    assert first == columns and len(tasks) == 20
    for times in (1, 2):
        done = end_of(admin, send(admin, json.dumps(file), "application/json", "second", lists="create"))
        assert done["status"] == "completed" and done["result"]["unknownStatuses"] == [], done
        _, again, copies = export("second")
        assert again == columns and len(copies) == times * len(tasks)
        assert times == 2 or copies == tasks
    end_of(admin, send(admin, json.dumps(file), "application/json", "third", lists="create"))
    _, third, copies = export("third")
    assert copies == tasks and third[:len(columns)] == columns and [column["id"] for column in third[len(columns):]] == ["other"]


def test_an_export_changes_no_column_that_somebody_named(team):
    admin = team.admin()
    ok(admin.http.post("/api/boards", json={"id": "own", "columns": [{"id": "a", "name": "Mine", "limit": 2}]}), 201)
    file = {"board": {"id": "x", "columns": [{"id": "a", "name": "Theirs", "limit": 9}, {"id": "b", "name": "進行", "limit": 3}]},
            "tasks": [{"name": "1", "status": "a"}, {"name": "2", "status": "b"}]}
    done = end_of(admin, send(admin, json.dumps(file), "application/json", "own", lists="create"))
    assert done["result"]["addedColumns"] == [{"id": "b", "name": "進行"}]
    assert admin.board("own")["columns"] == [
        {"id": "a", "name": "Mine", "limit": 2}, {"id": "b", "name": "進行", "limit": 3}]
    assert [task["status"] for task in admin.snapshot("own")["tasks"]] == ["a", "b"]


def test_names_that_look_alike_stay_two_columns(team):
    admin = team.admin()
    for _ in range(2):
        end_of(admin, send(admin, "Name,Status\nA,été\nB,ete\nC,Été\n", lists="create"))
    columns = {column["id"]: column["name"] for column in admin.board("main")["columns"]}
    assert list(columns.values())[4:] == ["été", "ete"]
    found = [(task["name"], columns[task["status"]]) for task in admin.snapshot()["tasks"]]
    assert found == [("A", "été"), ("C", "été")] * 2 + [("B", "ete")] * 2
