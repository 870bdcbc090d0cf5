"""What happened: in the activity of a board, and in the history of a task, as far back as the log reaches."""

from browser import BoardPage
from rest import ok
from test_board_accessibility import violations


def rows(page, selector):
    """Who did what, without the time."""
    return page.run("""return [...document.querySelectorAll(arguments[0])].map(row =>
        ['.who span:last-child', '.verb', '.what'].map(part => row.querySelector(part)?.textContent.trim() ?? ''))""", selector)


def test_a_task_tells_its_history(page, team):
    ben, cleo = team.api("ben"), team.api("cleo")
    task = ben.create_task("Told", labels=["a", "b"])["id"]
    ben.create_task("Another")
    cleo.patch_task(task, {"labels": ["b", "c"], "assigneeId": "ben"})
    cleo.move_task(task, "review")
    page.open_task(task)
    page.find(".history summary").click()
    page.wait(lambda: len(page.all(".history li")) == 3, "all that happened to it is there")
    assert rows(page, ".history li") == [
        ["cleo", "moved", "Inbox → Review"],
        ["cleo", "edited", "assignee: nothing → ben; labels: a, c"],
        ["ben", "added", ""],
    ]
    assert page.run("return [...document.querySelectorAll('.history :is(ins, del)')].map(one => one.outerHTML)") == [
        "<del>a</del>", "<ins>c</ins>"]
    assert page.text(".history > p") == "", "it is whole"
    assert violations(page) == []
    ben.patch_task(task, {"priority": "high"})
    page.wait(lambda: rows(page, ".history li")[0] == ["ben", "edited", "priority: medium → high"], "it goes on")


def test_a_history_says_how_far_it_reaches(driver, start_for_module, make_team):
    server = start_for_module({"BOARDCAST_EVENTS_RETAIN_COUNT": "1000"})
    team = make_team(server)
    api = team.api("ben")
    task = api.create_task("Old")["id"]
    table = "name\n" + "\n".join(f"Number {n}" for n in range(1600))
    ok(api.post("/api/import?board=main", content=table, headers={"Content-Type": "text/csv"}), 202)
    page = BoardPage(driver).open(server.url, team.token("ann"))
    page.wait(lambda: page.text("#total") == "1601 tasks", "all are there")
    api.patch_task(task, {"name": "Old, and changed"})
    page.open_task(task)
    page.find(".history summary").click()
    page.says(".history", "The log is read back to")
    for _ in range(20):
        more = page.find(".history button")
        page.wait(lambda: more.is_enabled(), "it has looked")
        if not more.is_displayed():
            break
        more.click()
    page.says(".history > p", "It has nothing older.")
    assert rows(page, ".history li") == [["ben", "edited", "name: OldOld, and changed"]]
    driver.get("about:blank")


def test_the_activity_goes_back_in_time(page, team):
    api = team.api("ben")
    for n in range(130):
        api.create_task(f"Number {n}")
    page.find('[data-view="activity"]').click()
    page.says("#activity .count", "The last 50 events")
    for count in (100, 130):
        page.says("#activity .more-events", "Show older").click()
        page.wait(lambda: len(page.all("#activity li")) == count, f"there are {count}")
    assert not page.find("#activity .more-events").is_displayed()
    page.says("#activity .count", "130 events, since")
    api.create_task("The newest")
    page.wait(lambda: len(page.all("#activity li")) == 131, "nothing that was looked for is pushed out")
    seqs = page.run("return [...document.querySelectorAll('#activity li')].map(row => Number(row.dataset.seq))")
    assert seqs == sorted(set(seqs), reverse=True)


def test_everything_is_said_in_words(page, team, admin):
    ok(admin.patch("/api/boards/main", {"name": "Plan", "columns": [
        {"id": "inbox", "name": "To do", "limit": 3}, {"id": "review"}, {"id": "done"}]}))
    ok(team.api("robot", role="service").publish("deploy.finished", {"version": "1.2", "ok": True}, boardId="main"))
    task = team.api("ben").create_task("Long", assigneeId="a" * 90 + "1")["id"]
    team.api("ben").patch_task(task, {"assigneeId": "a" * 90 + "2", "dueAt": "2026-01-15T00:00:00.000Z"})
    page.find('[data-view="activity"]').click()
    page.wait(lambda: len(page.all("#activity li")) == 4, "all is there")
    long = "a" * 90
    assert rows(page, "#activity li") == [
        ["ben", "edited", f"Long assignee: {long}1 → {long}2; due date: nothing → Jan 15"],
        ["ben", "added", "Long"],
        ["robot", "deploy finished", "version: 1.2, ok: true"],
        ["root", "changed the board", "name: MainPlan; columns: Inbox, In progress, To do (limit 3)"],
    ]
    text = page.find("#activity").text
    assert "task." not in text and "board.updated" not in text
