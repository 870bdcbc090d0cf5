"""The columns on the board's page: their names and limits, and the dialog in which an admin changes them."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import visit
from rest import ok


@pytest.fixture
def admin_view(driver, server, team):
    """The board's page as an admin has it."""
    with visit(driver, server.url, team.token("root", role="admin")) as page:
        yield page


def headings(page):
    return page.run("return [...document.querySelectorAll('#board h2')].map(heading => heading.textContent)")


def headings_are(page, *names):
    page.wait(lambda: headings(page) == list(names), f"the columns are {names}; they are {headings(page)}")


def rows(page):
    """Names and limits as they stand in the dialog."""
    return page.run("""return [...document.querySelectorAll('#column-editor li')].map(
        row => [row.querySelector('[name=name]').value, row.querySelector('[name=limit]').value])""")


def edit(page):
    page.find("#columns").click()
    page.wait(lambda: rows(page) and page.find("#column-editor").is_displayed(), "the dialog shows the columns")


def row(page, place, part):
    return page.find(f"#column-editor li:nth-child({place}) {part}")


def save(page):
    page.find("#column-editor .primary").click()
    page.wait(lambda: not page.find("#column-editor").is_displayed(), "the dialog is closed")


def columns(api):
    return [(column["id"], column["name"], column["limit"]) for column in api.board("main")["columns"]]


def test_names_and_limits_are_shown_and_change_live(page, admin, api):
    task = api.create_task("Milch")
    headings_are(page, "Inbox", "In progress", "Review", "Done")
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "購物", "limit": 1}, {"name": "Erledigt"}]}))
    headings_are(page, "購物", "Erledigt")
    page.says('[data-status="inbox"] .count', "1 · limit 1")
    api.create_task("Brot")
    page.says('[data-status="inbox"] .count', "2 · limit 1, exceeded")
    assert page.find('[data-status="inbox"] .cards').get_attribute("aria-label") == "購物"
    page.open_task(task["id"])
    assert "購物" in page.find("#f-status").text and "Erledigt" in page.find("#f-status").text
    # A new name reaches what is open, too.
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "Einkauf"}, {"id": "erledigt"}]}))
    page.wait(lambda: "Einkauf" in page.find("#f-status").text, "the sheet offers the new name")
    page.find("#sheet [data-act=close]").click()
    page.find("#views [data-view=list]").click()
    page.says("#list .row .status", "Einkauf")
    page.says("#list .chips", "Erledigt 0")


def test_an_admin_renames_limits_adds_moves_and_removes_columns(admin_view, api):
    page = admin_view
    api.create_task("stays")
    edit(page)
    assert rows(page) == [["Inbox", ""], ["In progress", ""], ["Review", ""], ["Done", ""]]
    page.fill("#column-editor li:nth-child(1) [name=name]", "Eingang")
    page.fill("#column-editor li:nth-child(2) [name=limit]", "3")
    row(page, 3, "[data-act=remove]").click()
    page.find("#column-editor [data-act=add]").click()
    page.press("審査")
    row(page, 4, "[data-act=up]").click()
    assert [name for name, _ in rows(page)] == ["Eingang", "In progress", "審査", "Done"]
    save(page)
    headings_are(page, "Eingang", "In progress", "審査", "Done")
    assert columns(api) == [("inbox", "Eingang", None), ("in_progress", "In progress", 3), ("column", "審査", None),
                            ("done", "Done", None)]
    assert page.column("inbox") == [api.tasks()[0]["id"]], "the card stayed in its column"


def test_it_is_done_by_keyboard_alone(admin_view, api):
    page = admin_view
    page.run("document.querySelector('#columns').focus()")
    page.press(Keys.ENTER)
    page.wait(lambda: rows(page), "the dialog shows the columns")
    focused = "return document.activeElement.getAttribute('aria-label')"
    page.wait(lambda: page.run(focused) == "Name of column 1", "the first name has the focus")
    page.press(Keys.TAB, Keys.TAB)
    assert page.run(focused) == "Move Inbox to the right", "there is nothing to the left"
    page.press(Keys.ENTER, Keys.ENTER)
    assert page.run(focused) == "Move Inbox to the right"
    assert "Inbox, column 3 of 4." in page.text("#announcer")
    page.press(Keys.ENTER)
    assert page.run(focused) == "Move Inbox to the left", "the focus stays in the row at the end"
    page.press(Keys.TAB)
    assert page.run(focused) == "Remove Inbox"
    page.press(Keys.ENTER)
    assert page.run(focused) == "Name of column 3", "the focus goes to a neighbour"
    page.press(Keys.ENTER)
    page.wait(lambda: not page.find("#column-editor").is_displayed(), "Enter saves")
    headings_are(page, "In progress", "Review", "Done")
    assert page.run("return document.activeElement.id") == "columns", "the focus is where it came from"


def test_what_is_refused_is_said_and_nothing_is_lost(admin_view, admin, api):
    page = admin_view
    api.create_task("in the way", status="review")
    edit(page)
    row(page, 3, "[data-act=remove]").click()
    page.fill("#column-editor li:nth-child(1) [name=name]", "Kept")
    page.find("#column-editor .primary").click()
    page.says("#column-editor .warning", "there are tasks in review")
    assert rows(page)[0] == ["Kept", ""], "what was typed is still there"
    # Somebody else was faster.
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "Theirs"}, {"id": "review"}]}))
    page.find("#column-editor .primary").click()
    page.says("#column-editor .warning", "Somebody changed the board meanwhile")
    assert [name for name, _ in rows(page)] == ["Kept"], "and after that, too"
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.find("#column-editor").is_displayed(), "Escape closes it")
    headings_are(page, "Theirs", "Review")


def test_what_two_admins_change_is_put_together(admin_view, admin, api):
    page = admin_view
    edit(page)
    page.fill("#column-editor li:nth-child(1) [name=name]", "Mine")
    page.find("#column-editor [data-act=add]").click()
    page.fill("#column-editor li:nth-child(5) [name=name]", "My new one")
    ok(admin.patch("/api/boards/main", {"columns": [
        {"id": "inbox"}, {"name": "Their new one"}, {"id": "in_progress", "name": "Theirs", "limit": 3}, {"id": "done"}]}))
    page.find("#column-editor .primary").click()
    page.says("#column-editor .warning", "Somebody changed the board meanwhile. What you wrote is kept")
    assert rows(page) == [["Mine", ""], ["Their new one", ""], ["Theirs", "3"], ["Done", ""], ["My new one", ""]]
    save(page)
    headings_are(page, "Mine", "Their new one", "Theirs", "Done", "My new one")


def test_names_are_shown_as_text(admin_view, api):
    page = admin_view
    edit(page)
    page.fill("#column-editor li:nth-child(1) [name=name]", "<b>bold</b>")
    save(page)
    headings_are(page, "<b>bold</b>", "In progress", "Review", "Done")
    assert page.all("#board h2 b") == []


@pytest.mark.parametrize("role", ["member", "viewer", "service"])
def test_others_have_no_such_button(driver, server, team, role):
    with visit(driver, server.url, team.token("ann", role=role)) as page:
        assert not page.find("#columns").is_displayed()
