"""Two people do something to one task before either hears of the other: each pair of edit, move and delete."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import BoardPage
from relay import Relay

BROWSERS = ("chromium",)

TEXTS = {"ann": "What Ann wrote.", "ben": "What Ben wrote."}


@pytest.fixture
def two(drivers, server, team):
    """Ann and Ben, each at the end of a cable that can be held."""
    people = [Person(name, driver, server, team) for name, driver in zip(TEXTS, drivers)]
    yield people
    for person in people:
        person.leave()


class Person:
    def __init__(self, name, driver, server, team):
        self.name, self.cable = name, Relay(server.url)
        self.page = BoardPage(driver).open(self.cable.url, team.token(name))

    def leave(self):
        self.cable.release()
        assert self.page.errors() == []
        self.page.driver.get("about:blank")
        self.cable.close()

    def edit(self, task):
        self.page.open_task(task)
        self.page.find("#f-description").send_keys(TEXTS[self.name])
        self.cable.hold()
        self.page.find("#sheet .primary").click()

    def move(self, task):
        self.page.button(task)
        self.cable.hold()
        self.page.button(task).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
        if self.name == "ben":
            self.page.press(Keys.SHIFT + Keys.ARROW_RIGHT)

    def delete(self, task):
        self.page.button(task)
        self.cable.hold()
        self.page.button(task).send_keys(Keys.DELETE)


def both(two, team, first, second):
    """Ann's act and Ben's, of which neither has left; then Ann's is let through, and Ben's after it."""
    ann, ben = two
    task = team.api("cleo").create_task("One of theirs")["id"]
    getattr(ann, first)(task)
    getattr(ben, second)(task)
    for person in two:
        person.page.pill_says("1 change not sent yet" if person is ann or second != "move" else "2 changes not sent yet")
    ann.cable.release()
    ann.page.pill_says("Real-time")
    ben.cable.release()
    ben.page.pill_says("Real-time")
    return ann.page, ben.page, task


def now(team, task):
    answer = team.api().get(f"/api/tasks/{task}")
    return answer.json() if answer.status_code == 200 else None


def test_edit_and_edit(two, team):
    ann, ben, task = both(two, team, "edit", "edit")
    ben.says("#sheet .conflict", "ann changed this while you were writing.")
    assert ben.find("#f-description").get_attribute("value") == TEXTS["ben"]
    assert now(team, task)["description"] == TEXTS["ann"]
    ben.says("#sheet .primary", "Save mine").click()
    ben.says("#sheet .saved", "Saved")
    ann.says("#sheet .conflict", "ben replaced what you saved.")
    assert now(team, task)["description"] == TEXTS["ben"]


@pytest.mark.parametrize("first, second", [("edit", "move"), ("move", "edit")])
def test_edit_and_move(two, team, first, second):
    ann, ben, task = both(two, team, first, second)
    editor, mover = ("ann", "ben") if first == "edit" else ("ben", "ann")
    expected = (TEXTS[editor], "review" if mover == "ben" else "in_progress")
    ben.wait(lambda: (now(team, task)["description"], now(team, task)["status"]) == expected, "both were done")
    for page in (ann, ben):
        page.column_is(expected[1], task)
        assert page.all(".notice[data-tone=bad]") == []


def test_move_and_move(two, team):
    ann, ben, task = both(two, team, "move", "move")
    for page in (ann, ben):
        page.column_is("review", task)
    ann.says("#banner", "ben moved “One of theirs” on, from In progress to Review")


@pytest.mark.parametrize("first", ["edit", "move"])
def test_what_somebody_has_changed_is_not_deleted(two, team, first):
    ann, ben, task = both(two, team, first, "delete")
    ben.says(".notice", "“One of theirs” was not deleted: ann changed it meanwhile.")
    for page in (ann, ben):
        page.column_is("inbox" if first == "edit" else "in_progress", task)
    assert now(team, task)["version"] == 2


def test_delete_and_edit(two, team):
    ann, ben, task = both(two, team, "delete", "edit")
    ben.says("#sheet .gone", "ann deleted this task. What you wrote is still here.")
    assert now(team, task) is None
    ben.find("[data-act=put-back]").click()
    ben.wait(lambda: [task["description"] for task in team.api().tasks()] == [TEXTS["ben"]], "Ben has put it back")
    [again] = team.api().tasks()
    ann.card(again["id"])


def test_delete_and_move(two, team):
    ann, ben, task = both(two, team, "delete", "move")
    ben.says(".notice", "“One of theirs” was not moved: it was deleted meanwhile.")
    for page in (ann, ben):
        page.wait(lambda: not page.all(f'[data-task-id="{task}"]'), "it is gone")


def test_delete_and_delete(two, team):
    ann, ben, task = both(two, team, "delete", "delete")
    for page in (ann, ben):
        page.wait(lambda: not page.all(f'[data-task-id="{task}"]'), "it is gone")
        assert page.all(".notice[data-tone=bad]") == []
