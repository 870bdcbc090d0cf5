"""Two people in two browsers on one board."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import BoardPage

BROWSERS = ("chromium", "firefox")


@pytest.fixture
def both(drivers, server, team):
    """Ann's page and Ben's, and calls in the name of a third."""
    pages = [BoardPage(driver).open(server.url, team.token(sub)) for driver, sub in zip(drivers, ("ann", "ben"))]
    yield *pages, team.api("cleo")
    for page in pages:
        assert page.errors() == []
        page.driver.get("about:blank")


def drag(page, task_id, onto):
    actions = ActionChains(page.driver, duration=100)
    actions.move_to_element(page.card(task_id)).click_and_hold().move_by_offset(8, 8)
    actions.move_to_element(page.card(onto)).release().perform()


def test_each_sees_what_the_other_does(both):
    ann, ben, api = both
    one, two, three = [api.create_task(f"Task {n}")["id"] for n in range(3)]
    there = api.create_task("There already", status="review")["id"]
    for page in (ann, ben):
        page.column_is("inbox", one, two, three)
        page.column_is("review", there)
    drag(ann, one, onto=there)
    ben.wait(lambda: one in ben.column("review"), "Ben sees Ann's move")
    drag(ben, three, onto=there)
    ann.wait(lambda: three in ann.column("review"), "Ann sees Ben's move")
    order = [task["id"] for task in sorted(api.tasks(status="review"), key=lambda task: task["rank"])]
    for page in (ann, ben):
        page.column_is("inbox", two)
        page.column_is("review", *order)


def test_who_is_there_and_who_types(both):
    ann, ben, api = both
    task = api.create_task("Written together")["id"]
    ann.wait(lambda: len(ann.all("#people .avatar")) == 2, "both are seen to be there")
    ben.open_task(task)
    ann.open_task(task)
    ann.find("#f-description").send_keys("I think")
    ben.says("#sheet .typing", "ann is typing")
    ben.says(f'[data-task-id="{task}"] .typing', "ann is typing")
    ann.press(Keys.ESCAPE)
    ben.wait(lambda: ben.text("#sheet .typing") == "", "Ann has stopped")


def test_what_others_add_is_news_and_ones_own_is_not(both):
    ann, ben, _ = both
    ann.find('[data-status="inbox"] .add input').send_keys("Look at this", Keys.ENTER)
    ben.says("#banner", "ann added “Look at this”")
    ben.wait(lambda: not ben.find("#banner").is_displayed(), "the banner goes by itself")
    assert ben.text("#bell .badge") == "1"
    ben.find("#bell").click()
    ben.says("#log li", "ann added “Look at this”")
    ben.wait(lambda: not ben.find("#bell .badge").is_displayed(), "it is read")
    ann.says(".card", "Look at this")
    assert not ann.find("#banner").is_displayed()
    assert ann.text("#log ol") == ""
    ben.find("#log li button").click()
    ben.wait(lambda: ben.find("#f-name").get_attribute("value") == "Look at this", "the news leads to the task")


def test_nothing_is_taken_from_under_the_hands(both):
    ann, _, api = both
    task = api.create_task("Original")["id"]
    other = api.create_task("Another")["id"]
    ann.open_task(task)
    ann.find("#f-description").send_keys("half a sen")
    field = ann.find("#f-description")
    api.patch_task(task, {"priority": "urgent"})
    api.move_task(task, "review")
    api.create_task("A third")
    ann.column_is("review", task)
    ann.wait(lambda: ann.find("#f-priority").get_attribute("value") == "urgent", "what Ann did not touch is up to date")
    ann.press("tence")
    assert ann.driver.switch_to.active_element == field, "the field is still the same, and has the focus"
    assert field.get_attribute("value") == "half a sentence"
    ann.find("#sheet .primary").click()
    ann.says("#sheet .saved", "Saved")
    now = api.task(task)
    assert (now["description"], now["priority"], now["status"]) == ("half a sentence", "urgent", "review")
    assert api.task(other)["version"] == 1


def test_the_one_in_the_hand_stays_there(both):
    ann, _, api = both
    held, other = api.create_task("Held")["id"], api.create_task("Other")["id"]
    target = api.create_task("Target", status="done")["id"]
    ann.column_is("inbox", held, other)
    ActionChains(ann.driver, duration=100).move_to_element(ann.card(held)).click_and_hold().move_by_offset(8, 8).perform()
    ann.wait(lambda: ann.all(".ghost"), "the card is lifted")
    api.move_task(held, "review")
    api.patch_task(other, {"name": "Renamed meanwhile"})
    ann.says(f'[data-task-id="{other}"]', "Renamed meanwhile")
    assert ann.column("inbox") == [held, other], "what is in the hand is not taken out of it"
    ActionChains(ann.driver, duration=100).move_to_element(ann.card(target)).release().perform()
    ann.wait(lambda: api.task(held)["status"] == "done", "it comes to stand where it was dropped")
    assert ann.all("[data-lifted]") == []
