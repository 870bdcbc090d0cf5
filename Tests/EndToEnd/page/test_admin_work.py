"""What an admin does on the admin page beside looking: events of the past, publishing, boards, jobs, the audit log as a file."""

import csv
import io
import json

from axe import violations
from rest import ok
from waiting import eventually

BROWSERS = ("chromium", "firefox")


def events(live):
    return live.texts("#event-list b")


def test_events_from_before_the_page_was_opened_can_be_read(team, admin_page, admin_token):
    api = team.api("ann")
    for n in range(230):
        api.create_task(f"Number {n}")
    live = admin_page.open_live(team.server, admin_token)
    live.turn_to("events")
    live.click("#older-events")
    eventually(lambda: events(live).count("task.created") == 200, "the newest are there")
    live.says("#events-reach", "Read back to")
    api.create_task("Since then")
    eventually(lambda: "Since then" in live.text("#event-list"), "what is new comes on top")
    live.click("#older-events")
    eventually(lambda: events(live).count("task.created") == 231, "and then all that there was")
    live.says("#events-reach", "The log begins at")
    assert not live.find("#older-events").is_displayed()
    live.write("#event-filter [name=text]", "Number 0\"")
    eventually(lambda: len(live.texts("#event-list li")) == 1, "it is found")
    live.click("#event-list button")
    event = json.loads(live.text("#event-json"))
    assert event["seq"] == 1 and "since=0-" in live.text("#curl")
    live.write("#event-filter [name=text]", "nothing has this")
    eventually(lambda: not live.find("#event-detail").is_displayed(), "what is filtered away is not shown beside the list")


def test_an_event_is_published_and_published_again(team, live):
    stream = team.keep(team.stream("ann"))
    live.turn_to("events")
    live.click("#open-publish")
    live.write("#publish [name=type]", "task.created")
    live.click("#publish .primary")
    live.says("#publish .said", "type")
    live.write("#publish [name=type]", "deploy.finished")
    live.write("#publish [name=data]", "{nonsense")
    live.click("#publish .primary")
    live.says("#publish .said", "The data is not JSON")
    live.write("#publish [name=data]", '{"version": "1.2"}')
    live.run("const to = document.querySelector('#publish [name=to]'); to.value = 'board main'; to.dispatchEvent(new Event('change'))")
    assert violations(live) == []
    live.click("#publish .primary")
    live.says("#notices", "Published as number 1.")
    first = stream.wait_for_seq(1)
    live.click('#publish [data-act="close"]')
    eventually(lambda: "deploy.finished" in events(live), "it is in the list")
    live.run("[...document.querySelectorAll('#event-list button')].find(row => row.textContent.includes('deploy')).click()")
    live.click("#publish-again")
    eventually(lambda: live.find("#publish [name=type]").get_attribute("value") == "deploy.finished", "it is filled in")
    live.click("#publish .primary")
    live.says("#notices", "Published as number 2.")
    again = stream.wait_for_seq(2)
    assert [(one["type"], one["data"], one["boardId"]) for one in (first, again)] == [("deploy.finished", {"version": "1.2"}, "main")] * 2


def board_rows(live):
    return live.run("return [...document.querySelectorAll('#board-list tbody tr')].map(row => "
                    "[...row.children].slice(0, 4).map(cell => cell.innerText.trim()))")


def test_boards_are_listed_renamed_and_deleted(team, live, admin):
    ok(admin.post("/api/boards", {"id": "old", "name": "Old plans", "columns": [{"name": "One"}]}), 201)
    for n in range(3):
        admin.create_task(f"Task {n}", boardId="old")
    team.keep(team.stream("ann", board="old"))
    live.turn_to("work")
    eventually(lambda: ["Old plans old", "3", "2", "One"] in board_rows(live), "with counts")
    live.press("Rename the board Old plans")
    live.dialog()
    live.write("#confirm [name=name]", "Older plans")
    live.click("#confirm .danger")
    eventually(lambda: any(row[0] == "Older plans old" for row in board_rows(live)), "it has its new name")
    live.press("Delete the board Older plans")
    eventually(lambda: "tasks are deleted with it" in live.text("#confirm") or "Its tasks" in live.text("#confirm"), "it says what goes")
    live.answer(True)
    eventually(lambda: [row[0] for row in board_rows(live)] == ["Main main"], "it is gone")
    assert live.run("return document.querySelector('[aria-label=\"Delete the board Main\"]')") is None


def test_jobs_are_listed_and_cancelled(team, live):
    job = ok(team.api("ann").post("/api/jobs", {"name": "Nightly import"}), 202).json()["job"]
    live.turn_to("work")
    eventually(lambda: "Nightly import" in live.text("#job-list"), "it is there")
    live.press("Cancel the job Nightly import")
    live.dialog()
    live.answer(True)
    eventually(lambda: "cancelled" in live.text("#job-list"), "it is cancelled")
    assert ok(team.api("ann").get(f"/api/jobs/{job['id']}")).json()["status"] == "cancelled"
    assert live.run("return document.querySelector('[aria-label^=\"Cancel the job\"]')") is None


def test_the_audit_log_is_saved_as_a_table(team, live, admin):
    for n in range(3):
        ok(admin.post("/api/revocations", {"jti": f"=cmd{n}", "reason": 'a "word", and\nanother'}), 201)
    live.turn_to("audit")
    eventually(lambda: "=cmd2" in live.text("#audit-list"), "they are there")
    live.run("""
        window.saved = [];
        const real = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then(text => saved.push(text)); return real.call(URL, blob); };
        addEventListener("click", (event) => event.target.download && event.preventDefault(), { capture: true });
        HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };
    """)
    live.click("#save-audit")
    text = eventually(lambda: live.run("return saved[0]"), "it is saved")
    assert live.run("return savedAs") == "audit.csv"
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0] == ["when", "who", "act", "subject", "detail"] and len(rows) == 4
    assert all(not cell.startswith("=") for row in rows for cell in row), "no cell is a formula"
    assert "=cmd2" in rows[1][3]
