"""Adding, editing, deleting, finding: by the page's own means, alone and against a rival."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

BROWSERS = ("chromium", "firefox")

#: Has the next PATCH of the page come second: a rival's write is done before it is sent; both when the test says so.
RIVAL = """
    window.rivals = new Promise(resolve => window.release = resolve);
    const [token, id, body] = arguments, real = window.fetch;
    window.fetch = async (url, options) => {
        if (options?.method !== "PATCH") return real(url, options);
        window.fetch = real;
        await window.rivals;
        const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
        await real(`/api/tasks/${id}`, { method: "PATCH", headers, body });
        return real(url, options);
    };
"""


def test_a_task_is_added_and_everything_about_it_edited(page, team):
    page.find('[data-status="review"] .add input').send_keys("From the keyboard", Keys.ENTER)
    [task] = page.wait(lambda: [id for id in page.column("review") if isinstance(id, int)], "the task has its number")
    page.open_task(task)
    page.fill("#f-name", "With a better name")
    Select(page.find("#f-priority")).select_by_value("urgent")
    page.find("#f-assignee").send_keys("ben")
    page.run("arguments[0].value = '2031-05-17'; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
             page.find("#f-due"))
    page.find("#f-label").send_keys("first", Keys.ENTER, "second,")
    page.find("#f-description").send_keys("Two\nlines")
    page.press(Keys.CONTROL + Keys.ENTER)
    page.says("#sheet .saved", "Saved")
    now = team.api().task(task)
    expected = {"name": "With a better name", "priority": "urgent", "assigneeId": "ben", "labels": ["first", "second"],
                "dueAt": "2031-05-17T00:00:00.000Z", "description": "Two\nlines", "status": "review"}
    assert {name: now[name] for name in expected} == expected
    Select(page.find("#f-status")).select_by_value("done")
    page.column_is("done", task)
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.find("#sheet").is_displayed(), "the sheet is closed")
    assert page.driver.switch_to.active_element == page.button(task), "the focus is back at the card"


def test_a_stale_edit_is_refused_and_neither_text_is_lost(page, team):
    api = team.api("rival")
    task = api.create_task("Fought over", description="as it was", priority="low")["id"]
    page.open_task(task)
    page.says("#sheet [data-act=write]", "Edit").click()
    page.fill("#f-description", "what Ann wrote")
    page.run(RIVAL, api.token, task, '{"description": "what the rival wrote", "priority": "high"}')
    page.run("window.release()")
    page.find("#sheet .primary").click()
    page.says("#sheet .warning", "was not saved")
    page.says("#sheet .conflict", "what the rival wrote")
    assert page.find("#f-description").get_attribute("value") == "what Ann wrote"
    assert page.find("#f-priority").get_attribute("value") == "high"
    assert api.task(task)["description"] == "what the rival wrote", "nothing was overwritten unseen"
    page.says("#sheet .primary", "Save mine").click()
    page.says("#sheet .saved", "Saved")
    now = api.task(task)
    assert (now["description"], now["priority"]) == ("what Ann wrote", "high")


def test_a_conflict_shows_while_one_still_writes(page, team):
    api = team.api("rival")
    task = api.create_task("Watched")["id"]
    page.open_task(task)
    page.fill("#f-name", "Ann's name")
    api.patch_task(task, {"name": "The rival's name"})
    page.says("#sheet .conflict", "rival changed this while you were writing")
    assert page.text("#sheet .conflict ins") == "The rival's name"
    page.find("#sheet .conflict button").click()
    page.wait(lambda: page.find("#f-name").get_attribute("value") == "The rival's name", "theirs was taken")
    assert page.find("#sheet .primary").get_attribute("aria-disabled") == "true"


def test_a_refused_change_is_taken_back_alone(page, team):
    api = team.api("rival")
    task, other = api.create_task("Refused")["id"], api.create_task("Not refused")["id"]
    page.open_task(task)
    page.fill("#f-name", "Refused and renamed")
    page.run(RIVAL, api.token, task, '{"name": "Renamed by the rival", "priority": "urgent"}')
    page.find("#sheet .primary").click()
    page.press(Keys.ESCAPE)
    page.button(other).send_keys(Keys.SPACE)
    page.press(Keys.ARROW_RIGHT, Keys.SPACE)
    assert page.text(f'[data-task-id="{task}"] .name') == "Refused and renamed", "it is shown before it is acknowledged"
    page.run("window.release()")
    page.says(".notice", "“Refused” was not saved: ")
    page.column_is("in_progress", other)
    assert "Renamed by the rival" == page.text(f'[data-task-id="{task}"] .name')
    page.says(".notice button", "Open").click()
    page.wait(lambda: page.find("#f-name").get_attribute("value") == "Refused and renamed", "what Ann wrote is there")
    assert page.find("#f-priority").get_attribute("value") == "urgent"


def test_what_was_written_outlives_the_sheet(page, team):
    one, two = [team.api().create_task(name)["id"] for name in ("One", "Two")]
    page.open_task(one)
    page.find("#f-description").send_keys("not saved yet")
    page.open_task(two)
    page.wait(lambda: page.find("#f-name").get_attribute("value") == "Two", "the other task is open")
    page.press(Keys.ESCAPE)
    page.open_task(one)
    assert page.find("#f-description").get_attribute("value") == "not saved yet"
    page.find("[data-act=revert]").click()
    assert page.find("#f-description").get_attribute("value") == ""


def test_a_deletion_can_be_taken_back(page, team):
    api = team.api()
    kept, gone = [api.create_task(name)["id"] for name in ("Kept", "Gone")]
    page.button(kept).send_keys(Keys.DELETE)
    page.column_is("inbox", gone)
    page.says(".notice", "“Kept” deleted").find_element("css selector", "button").click()
    page.column_is("inbox", kept, gone)
    page.open_task(gone)
    page.find("[data-act=delete]").click()
    page.column_is("inbox", kept)
    page.wait(lambda: api.get(f"/api/tasks/{gone}").status_code == 404, "nobody took it back")
    assert api.task(kept)["version"] == 1


def test_search_and_filters_stand_in_the_address(page, server, team):
    api = team.api()
    mine = api.create_task("Fix the login", assigneeId="ann", labels=["bug"], priority="high")["id"]
    other = api.create_task("Write the login guide", assigneeId="ben", labels=["docs"])["id"]
    third = api.create_task("Something else", labels=["bug"])["id"]
    page.column_is("inbox", mine, other, third)
    page.find("#query").send_keys("login")
    page.column_is("inbox", mine, other)
    assert page.text('[data-status="inbox"] .count') == "2 of 3"
    page.find("#filter").click()
    Select(page.find("#filters [name=label]")).select_by_value("bug")
    page.column_is("inbox", mine)
    page.driver.refresh()
    page.pill_says("Real-time")
    page.column_is("inbox", mine)
    assert page.find("#query").get_attribute("value") == "login"
    assert "token" not in page.driver.current_url
    page.find("#filter").click()
    page.find("#filters button").click()
    page.column_is("inbox", mine, other)
    api.patch_task(third, {"name": "Something about the login"})
    page.column_is("inbox", mine, other, third)


def test_the_list_and_the_activity_follow_the_board(page, team):
    api = team.api("ben")
    task = api.create_task("Seen three ways")["id"]
    page.card(task)
    page.find('[data-view="list"]').click()
    page.says("#list .row", "Seen three ways")
    page.says("#list .mode", "Real-time")
    page.find('[data-list-status="review"]').click()
    page.says("#list .empty", "No tasks")
    api.move_task(task, "review")
    page.says("#list .row", "Seen three ways")
    page.says("#list .count", "1 task")
    page.find('[data-view="activity"]').click()
    page.says("#activity li", "Inbox → Review")
    assert page.wait(lambda: len(page.all("#activity li")) == 2, "both events are there")
    for n in range(60):
        api.create_task(f"Number {n}")
    page.says("#activity li:first-child", "Number 59")
    assert len(page.all("#activity li")) == 50
    numbers = [int(element.get_attribute("data-seq")) for element in page.all("#activity li")]
    assert numbers == sorted(set(numbers), reverse=True), "newest first, none twice"
    page.driver.back()
    page.wait(lambda: page.find("#list").is_displayed(), "Back goes to the list")


def test_another_board_is_a_choice_away(page, server, team):
    team.admin().create_board("launch", "Launch", statuses=["todo", "shipped"])
    there = team.api().create_task("On the other board", boardId="launch")["id"]
    page.driver.refresh()
    page.pill_says("Real-time")
    page.wait(lambda: page.find("#boards").is_displayed(), "there is something to choose")
    Select(page.find("#boards")).select_by_visible_text("Launch")
    page.column_is("todo", there)
    assert "board=launch" in page.driver.current_url
    page.driver.back()
    page.wait(lambda: page.all('[data-status="inbox"]'), "Back goes to the first board")
    page.pill_says("Real-time")


@pytest.mark.parametrize("role", ["viewer", "a role that means nothing here"])
def test_who_may_only_read_is_offered_nothing_else(page, server, team, role):
    task = team.api().create_task("Look, don't touch")["id"]
    page.open(server.url, team.token("vera", role=role))
    page.wait(lambda: page.all("body[data-read-only]"), "the gateway says what the token comes to")
    page.button(task).send_keys(Keys.SPACE)
    assert page.all("[data-lifted]") == []
    assert not page.find(".add").is_displayed()
    page.open_task(task)
    assert not page.find("#f-name").is_enabled()
    assert not page.find("[data-act=delete]").is_displayed()


@pytest.mark.parametrize("view", ["list", "activity"])
def test_a_long_list_scrolls_by_itself_and_nothing_below_it(page, team, view):
    api = team.api()
    for n in range(60):
        api.create_task(f"Number {n}", assigneeId="ben")
    page.find(f'[data-view="{view}"]').click()
    page.wait(lambda: len(page.all(f"#{view} .rows > li")) >= 50, "all rows are there")
    assert page.run("return document.documentElement.scrollHeight <= innerHeight")
