"""What the user did last can be undone; what others did, never."""

import pytest
from selenium.webdriver.common.keys import Keys


@pytest.fixture
def cards(page, team):
    """Two of the user's own, in the first column."""
    api = team.api()
    found = [api.create_task(name)["id"] for name in ("One", "Two")]
    page.column_is("inbox", *found)
    return found


def undo(page):
    page.run("document.activeElement.blur()")
    page.press(Keys.CONTROL + "z")


def press_in_notice(page, label):
    button = page.wait(lambda: next((one for one in page.all(".notice button") if one.text == label), None), f"there is {label}")
    button.click()


def test_moves_are_undone_one_after_the_other(page, team, cards):
    one, two = cards
    page.button(two).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.press(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.column_is("review", two)
    undo(page)
    page.column_is("in_progress", two)
    page.says(".notice", "“Two” is back in In progress.")
    undo(page)
    page.column_is("inbox", one, two)
    page.wait(lambda: team.api().task(two)["status"] == "inbox", "for all")
    undo(page)
    page.says(".notice", "You have done nothing here that can be undone.")


def test_a_moved_card_comes_with_a_way_back(page, team, cards):
    one, two = cards
    page.button(one).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.says(".notice", "“One” moved to In progress.")
    page.press(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.says(".notice", "“One” moved to Review.")
    assert len(page.all(".notice")) == 1, "one at a time"
    press_in_notice(page, "Undo")
    page.column_is("in_progress", one)
    page.button(two).send_keys(Keys.SHIFT + Keys.ARROW_UP)


def test_the_card_goes_back_below_those_that_were_above_it(page, team, cards):
    one, two = cards
    three = team.api().create_task("Three")["id"]
    page.column_is("inbox", one, two, three)
    page.button(three).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.column_is("in_progress", three)
    team.api("rival").move_task(two, "done")
    page.column_is("inbox", one)
    undo(page)
    page.column_is("inbox", one, three)


def test_what_others_have_moved_since_is_left_to_them(page, team, cards):
    one, _ = cards
    page.button(one).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.column_is("in_progress", one)
    page.wait(lambda: team.api().task(one)["status"] == "in_progress", "it is written")
    team.api("rival").move_task(one, "done")
    page.column_is("done", one)
    undo(page)
    page.says(".notice", "rival has changed “One” since; it is left as it is.")
    assert team.api().task(one)["status"] == "done"
    undo(page)
    page.says(".notice", "You have done nothing here that can be undone.")


def test_acts_of_others_are_never_undone(page, team, cards):
    one, two = cards
    team.api("rival").move_task(one, "done")
    page.column_is("done", one)
    undo(page)
    page.says(".notice", "You have done nothing here that can be undone.")
    assert team.api().task(one)["status"] == "done"


def test_edits_deletions_and_additions_are_undone_too(page, team, cards):
    one, two = cards
    page.open_task(one)
    page.fill("#f-name", "Renamed")
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    page.press(Keys.ESCAPE)
    undo(page)
    page.wait(lambda: team.api().task(one)["name"] == "One", "it has its name again")
    page.button(two).send_keys(Keys.DELETE)
    page.column_is("inbox", one)
    undo(page)
    page.column_is("inbox", one, two)
    page.find('[data-status="inbox"] .add input').send_keys("Added" + Keys.ENTER)
    page.wait(lambda: len(team.api().tasks()) == 3, "it is written")
    page.wait(lambda: not page.all(".card[data-pending]"), "and answered")
    undo(page)
    page.column_is("inbox", one, two)


def test_an_edit_that_somebody_else_replaced_is_left_to_them(page, team, cards):
    one, _ = cards
    page.open_task(one)
    page.fill("#f-name", "Mine")
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    page.press(Keys.ESCAPE)
    team.api("rival").patch_task(one, {"name": "Theirs"})
    page.wait(lambda: "Theirs" in page.text(f'[data-task-id="{one}"] .name'), "theirs is here")
    undo(page)
    page.says(".notice", "rival has changed “Theirs” since; it is left as it is.")
    assert team.api().task(one)["name"] == "Theirs"


def test_in_a_field_the_key_is_the_browsers(page, team, cards):
    one, _ = cards
    page.button(one).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    page.column_is("in_progress", one)
    page.find("#query").send_keys("Tw")
    page.press(Keys.CONTROL + "z")
    page.find("#query").clear()
    page.press(Keys.ESCAPE)
    undo(page)
    page.says(".notice", "“One” is back in Inbox.")
    page.wait(lambda: team.api().task(one)["status"] == "inbox", "the first time it was the field's")
