"""A board's archive: a column that is kept off the board, whose tasks are in the list."""

import pytest

from browser import visit
from rest import ok

BROWSERS = ("chromium", "firefox")
COLUMNS = [{"id": "inbox", "name": "Inbox"}, {"id": "done", "name": "Done"}, {"id": "archive", "name": "Archive"}]


@pytest.fixture
def admin_view(driver, server, team):
    with visit(driver, server.url, team.token("root", role="admin")) as page:
        yield page


def headings(page):
    return page.run("return [...document.querySelectorAll('#board h2')].map(heading => heading.textContent)")


def menu_of(page, task):
    page.button(task).send_keys("m")
    page.wait(lambda: page.find("#menu").is_displayed(), "the menu is open")
    return page.run("return [...document.querySelectorAll('#menu button')].map(entry => entry.textContent)")


def names_in_list(page):
    return page.run("return [...document.querySelectorAll('#list li .name')].map(name => name.textContent)")


def test_a_card_is_archived_found_again_and_put_back(page, team, admin):
    ok(admin.patch("/api/boards/main", {"columns": COLUMNS}))
    api = team.api("ben")
    old, new = [api.create_task(name, status="done", dueAt="2020-01-15T00:00:00.000Z")["id"] for name in ("Old", "New")]
    page.column_is("done", old, new)
    assert headings(page) == ["Inbox", "Done"], "the archive is no column"
    assert "Archive" in menu_of(page, old)
    page.run("[...document.querySelectorAll('#menu button')].find(entry => entry.textContent === 'Archive').click()")
    page.column_is("done", new)
    page.says(".notice", "“Old” moved to Archive.")
    page.wait(lambda: api.task(old)["status"] == "archive", "it is written")
    page.button(new).send_keys("a")
    page.column_is("done")
    page.wait(lambda: api.task(new)["status"] == "archive", "the key does it too")
    page.says(".notice button", "Undo").click()
    page.column_is("done", new)

    page.find('[data-view="list"]').click()
    page.wait(lambda: names_in_list(page) == ["New"], "what is archived is not among all")
    page.says("#list .chips", "All 1")
    page.says('[data-list-status="archive"]', "Archive 1").click()
    page.wait(lambda: names_in_list(page) == ["Old"], "it is among what is archived")
    assert page.all("#list .overdue") == [], "nothing is late there"
    page.find("#list li .row").click()
    page.wait(lambda: page.find("#sheet").is_displayed(), "it opens")
    page.run("const field = document.querySelector('#f-status'); field.value = 'inbox'; field.dispatchEvent(new Event('change', { bubbles: true }))")
    page.wait(lambda: api.task(old)["status"] == "inbox", "it is put back")


def test_an_admin_adds_an_archive(admin_view, team):
    page = admin_view
    task = team.api("ben").create_task("Old")["id"]
    assert "Archive" not in menu_of(page, task)
    page.button(task).send_keys("\ue00c")
    page.button(task).send_keys("a")
    page.says(".notice", "This board has no archive. An admin adds one among its columns.")
    page.find("#columns").click()
    page.wait(lambda: page.find("#column-editor [data-act=archive]").is_displayed(), "it is offered")
    page.wait(lambda: page.all("#column-editor li"), "the columns are there")
    page.find("#column-editor [data-act=archive]").click()
    assert not page.find("#column-editor [data-act=archive]").is_displayed(), "a board has one"
    page.find("#column-editor .primary").click()
    page.wait(lambda: not page.find("#column-editor").is_displayed(), "it is saved")
    assert team.api("ben").board("main")["columns"][-1] == {"id": "archive", "name": "Archive", "limit": None}
    page.wait(lambda: headings(page) == ["Inbox", "In progress", "Review", "Done"], "the board shows the others")
    assert "Archive" in menu_of(page, task)


def test_without_an_archive_nothing_changes(page, team):
    task = team.api("ben").create_task("Stays")["id"]
    page.button(task).send_keys("a")
    page.says(".notice", "This board has no archive.")
    page.column_is("inbox", task)
