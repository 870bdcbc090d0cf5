"""Files as the usual tools write them become cards: none is lost for a field, and the result says what was not understood."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from imports import CASES, FORM, end_of, form, post, send
from rest import ok, problem
from waiting import eventually


def cards(api, board="main"):
    """Name and column of each, and what else the file says of it."""
    return [
        {"name": task["name"], "status": task["status"], **{
            field: task[field] for field in ("description", "assigneeId", "labels", "dueAt") if task[field]
        }, **({"priority": task["priority"]} if task["priority"] != "medium" else {})}
        for task in api.snapshot(board)["tasks"]
    ]


def brought(api, name, kind="text/csv", **how):
    done = end_of(api, send(api, (CASES / name).read_bytes(), kind, **how))
    assert done["status"] == "completed" and done["result"]["bad"] == 0, done
    return done["result"]


#: The cards of each file, in the order of the board.
FILES = {
    "jira.csv": [{"name": "Login fails", "status": "done", "description": "It fails\nalways", "assigneeId": "Ann Example",
                  "labels": ["ui", "login"], "priority": "high"}],
    "asana.csv": [{"name": "Write the brief", "status": "in_progress", "description": "Some notes",
                   "assigneeId": "Ann Example", "dueAt": "2026-01-15T00:00:00.000Z"}],
    "github-projects.tsv": [{"name": "Fix it", "status": "done", "assigneeId": "ann", "labels": ["bug"]}],
    "todoist.csv": [{"name": "Buy milk", "status": "inbox", "description": "Two litres", "priority": "urgent"}],
    "gitlab.csv": [{"name": "Fix", "status": "inbox", "description": "desc", "assigneeId": "Bo Example",
                    "labels": ["bug", "ui"], "dueAt": "2026-01-15T00:00:00.000Z"}],
    "trello.csv": [{"name": "Plan", "status": "done", "description": "desc", "assigneeId": "ann", "labels": ["Bug", "UI"],
                    "dueAt": "2026-01-15T10:00:00.000Z"}],
    "clickup.csv": [{"name": "Write the offer", "status": "in_progress", "description": "Two pages", "priority": "high"}],
    "excel-semicolons.csv": [{"name": "Äpfel kaufen", "status": "done", "description": "rot, grün"}],
    "excel-sep-line.csv": [{"name": "A", "status": "done"}],
    "excel-sep-comma.csv": [{"name": "A", "status": "done"}],
    "excel-unicode-text.txt": [{"name": "Äpfel", "status": "done"}],
    "excel-windows-1252.csv": [{"name": "Äpfel – „kaufen“", "status": "done"}],
    "asana-spacers.csv": [{"name": "A", "status": "done"}],
    "blanks.csv": [{"name": "A", "status": "done"}],
    "plain.csv": [{"name": "A", "status": "done"}],
    "wekan.json": [{"name": "Plan", "status": "inbox", "description": "d"}],
    "trello-checklists.json": [{"name": "Card 1", "status": "inbox",
                                "description": "### Steps\n- [x] Call the printer\n- [ ] Order paper"}],
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_tool_becomes_its_cards(team, name):
    api = team.api("ann")
    brought(api, name)
    assert cards(api) == FILES[name]


def test_words_for_priorities_are_known_and_others_are_told(team):
    result = brought(team.api("ann"), "priorities.csv")
    assert cards(team.api("ann")) == [
        {"name": "Login fails", "status": "in_progress", "priority": "urgent"}, {"name": "New logo", "status": "done"},
    ]
    assert result["unknownPriorities"] == [{"priority": "No priority", "tasks": 1, "rows": [3]}]


def test_dates_are_read_where_there_is_one_way_to_read_them(team):
    api = team.api("ann")
    brought(api, "dates.csv")
    assert [card["dueAt"] for card in cards(api)] == ["2026-01-15T00:00:00.000Z"] * 3
    done = end_of(api, send(api, "Name,Due\nD,2026-03-01 09:00\nE,tomorrow\nF,01/02/2026\n"))
    assert done["result"]["created"] == 3 and [entry["date"] for entry in done["result"]["unknownDates"]] == [
        "tomorrow", "01/02/2026"]
    assert [card.get("dueAt") for card in cards(api)[3:]] == ["2026-03-01T09:00:00.000Z", None, None]


def test_the_result_says_how_the_text_was_read(team):
    api = team.api("ann")
    assert brought(api, "excel-windows-1252.csv", "text/csv; charset=windows-1252")["encoding"] == "windows-1252"
    assert brought(api, "excel-unicode-text.txt")["encoding"] == "utf-16le"
    assert brought(api, "plain.csv")["encoding"] == "utf-8"


def test_lists_become_columns_when_an_admin_says_so(team):
    api, admin = team.api("ann"), team.admin()
    problem(send(api, (CASES / "trello-lists.json").read_bytes(), lists="create"), 403)
    result = brought(admin, "trello-lists.json", lists="create")
    assert [column["name"] for column in result["addedColumns"]] == ["Ideas", "Doing", "Shipped"] and result["unknownStatuses"] == []
    assert [(card["name"], card["status"]) for card in cards(api)] == [
        ("Card 1", "ideas"), ("Card 2", "doing"), ("Card 3", "shipped")]
    result = brought(api, "trello-lists.json")
    assert result["addedColumns"] == [] and result["unknownStatuses"] == [], "the lists are there now"


def test_lists_in_any_script_become_columns(team):
    admin = team.admin()
    done = end_of(admin, send(admin, "Name,Status\nA,購物\nB,Idées\nC,В работе\nD,購物\n", lists="create"))
    added = [column["id"] for column in done["result"]["addedColumns"]]
    assert added[1:] == ["idees", "v_rabote"] and added[0].startswith("list-"), done
    columns = {column["id"]: column["name"] for column in admin.snapshot()["board"]["columns"]}
    assert [columns[id] for id in added] == ["購物", "Idées", "В работе"]
    assert [card["status"] for card in cards(admin)] == [added[0], added[0], "idees", "v_rabote"]
    assert [column["name"] for column in admin.board("main")["columns"]][4:] == ["購物", "Idées", "В работе"]


def test_lists_whose_names_are_no_columns_become_columns(team):
    admin = team.admin()
    names = ["x" * 300, "\u3000\u200b", "  padded  "]
    lists = [{"id": str(place), "name": name, "pos": place} for place, name in enumerate(names)]
    board = {"lists": lists, "cards": [{"name": name[:9] + "!", "idList": str(place)} for place, name in enumerate(names)]}
    done = end_of(admin, send(admin, json.dumps(board), lists="create"))
    assert done["status"] == "completed" and done["result"]["created"] == 3, done
    shown = [column["name"] for column in admin.board("main")["columns"]][4:]
    assert "x" * 100 in shown and "padded" in shown and all(name.strip("\u3000\u200b ") for name in shown)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/octet-stream", "application/vnd.ms-excel", "application/x-www-form-urlencoded", None])
def test_a_file_is_told_by_its_content(team, kind):
    api = team.api("ann")
    brought(api, "plain.csv", kind)
    brought(api, "trello-checklists.json", kind)
    assert len(cards(api)) == 2


def test_a_form_brings_a_file(team):
    api = team.api("ann")
    answer = api.http.post("/api/import", files={"file": ("a.csv", (CASES / "plain.csv").read_bytes(), "text/csv")})
    assert end_of(api, answer)["result"]["created"] == 1
    problem(api.http.post("/api/import", data={"file": "Name\nA\n"}, files={"x": (None, "y")}), 400)


@pytest.mark.parametrize("content, word", [
    (b'[{"name":"A"}]', "not a list"), (b'{"a":1}', "neither"), (b'{"lists":[],"cards":[{"name":"A"}]}', "idList"),
    (b'{"_format":"planka-1","lists":[],"cards":[]}', "planka-1"), (b"PK\x03\x04", "ZIP"), (b"a,b\n1,2\n", "name the columns"),
])
def test_what_is_no_board_is_refused_as_a_whole_with_the_reason(team, content, word):
    refused = problem(send(team.api("ann"), content), 400)
    assert refused["code"] == "invalid_file" and word in refused["detail"]


def test_a_mark_may_come_before_json(team):
    api = team.api("ann")
    done = end_of(api, send(api, b'\xef\xbb\xbf{"lists":[],"cards":[]}', "application/json"))
    assert done["result"]["format"] == "trello" and done["result"]["rows"] == 0


def test_a_large_board_is_taken_where_it_is_set_so_and_waits_on_the_disk(start_server, make_team, tmp_path):
    board = {
        "lists": [{"id": "l", "name": "Done", "pos": 1}],
        "cards": [{"id": str(i), "name": f"Card {i}", "idList": "l", "pos": i} for i in range(20)],
        "actions": [{"id": str(i), "type": "commentCard", "data": {"text": "x" * 1000}} for i in range(22_000)],
    }
    content = json.dumps(board)
    assert len(content) > 22 << 20
    spool = tmp_path / "spool"
    spool.mkdir()
    server = start_server({"BOARDCAST_HTTP_MAX_IMPORT_BYTES": str(32 << 20), "TMPDIR": str(spool)})
    api = make_team(server).api("ann")
    done = end_of(api, send(api, content))
    assert done["result"]["created"] == 20 and done["result"]["leftOut"] == {"comments": 22_000}
    assert list(spool.iterdir()) == [], "a temporary file has no name"
    problem(send(make_team(start_server()).api("ann"), content), 413)


def test_a_file_that_waits_has_no_name_and_holds_no_descriptor(start_server, make_team, tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    server = start_server({"TMPDIR": str(spool)})
    api = make_team(server).api("ann")
    job = ok(send(api, "Name,Notes\n" + "".join(f"card {i},{'x' * 200}\n" for i in range(50_000))), 202)
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert f"{spool}/boardcast-" in maps and "(deleted)" in maps, "it is mapped while it is read"
    descriptors = [os.readlink(link) for link in Path(f"/proc/{server.process.pid}/fd").iterdir()]
    assert not any(str(spool) in target for target in descriptors)
    assert list(spool.iterdir()) == []
    ok(api.post(job.headers["location"] + "/cancel"), 200)
    end_of(api, job)
    eventually(lambda: str(spool) not in Path(f"/proc/{server.process.pid}/maps").read_text(), "the file is gone")


def test_a_file_that_the_disk_has_no_room_for_is_refused_for_now(start_server, make_team, disk):
    server = start_server({"TMPDIR": str(disk.path)}, disk=disk)
    api = make_team(server).api("ann")
    content = "Name,Notes\n" + "".join(f"card {i},{'x' * 20_000}\n" for i in range(50))
    disk.fill()
    refused = send(api, content)
    assert problem(refused, 503)["code"] == "busy" and refused.headers["retry-after"] == "5"
    disk.free()
    assert end_of(api, send(api, content))["result"]["created"] == 50


def workbook(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in names:
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("content, word", [
    (workbook(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")), "Excel"),
    (workbook(("mimetype", "application/vnd.oasis.opendocument.spreadsheet")), "OpenDocument"),
    (workbook(("Index/Document.iwa", "x")), "Numbers"), (workbook(("board.csv", "Name")), "ZIP"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "Excel"),
])
def test_a_workbook_is_refused_with_the_way_out(team, content, word):
    for kind, body in (("application/octet-stream", content), (FORM, form(("name=file; filename=a.xlsx", content)))):
        refused = problem(post(team.api("ann"), body, kind), 400)
        assert refused["code"] == "invalid_file" and word in refused["detail"] and "CSV" in refused["detail"]
