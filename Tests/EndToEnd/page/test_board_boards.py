"""The boards on the board's page: how an admin makes, renames and deletes them, what others see of it, and the way out."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import BoardPage, visit
from rest import ok
from test_board_accessibility import violations


@pytest.fixture
def admin_view(driver, server, team):
    """The board's page as an admin has it."""
    with visit(driver, server.url, team.token("root", role="admin")) as page:
        yield page


def choose(page, text):
    """An entry of the menu of boards."""
    page.find("#board-menu").click()
    next(entry for entry in page.all("#menu button") if entry.text == text).click()


def make(page, name):
    choose(page, "New board…")
    page.says("#board-editor h2", "A new board")
    page.fill("#board-editor input", name)
    page.press(Keys.ENTER)
    page.wait(lambda: page.run("return document.title") == f"{name} · Boardcast", "the new board is open")
    page.pill_says("Real-time")


def boards(admin):
    return {board["id"]: board["name"] for board in ok(admin.get("/api/boards")).json()["items"]}


def offered(page):
    return page.run("return [...document.querySelectorAll('#boards option')].map(option => option.text)")


def test_a_board_is_made_with_an_id_like_its_name(admin_view, admin):
    page = admin_view
    make(page, "Été à Zürich")
    make(page, "購物清單")
    make(page, "été à zürich!")
    make(page, "Покупки")
    assert boards(admin) == {"main": "Main", "ete-a-zurich": "Été à Zürich", "board": "購物清單",
                             "ete-a-zurich-2": "été à zürich!", "board-2": "Покупки"}
    assert page.find("#boards").get_attribute("value") == "board-2"
    page.driver.back()
    page.wait(lambda: page.run("return document.title") == "été à zürich! · Boardcast", "Back leads to the board before")


def test_a_new_name_is_seen_by_all_at_once(admin_view, server, team, admin):
    ok(admin.post("/api/boards", {"id": "other", "name": "Other"}), 201)
    page = admin_view
    ActionChains(page.driver).move_to_element(page.find("#board-menu")).perform()
    page.wait(lambda: offered(page) == ["Main", "Other"], "the picker offers what another has made")
    choose(page, "Rename…")
    assert page.find("#board-editor input").get_attribute("value") == "Main"
    page.fill("#board-editor input", "  ")
    page.press(Keys.ENTER)
    page.says("#board-editor .warning", "The name")
    page.fill("#board-editor input", "<b>Haupt</b>")
    page.press(Keys.ENTER)
    page.wait(lambda: not page.find("#board-editor").is_displayed(), "the dialog is closed")
    page.wait(lambda: offered(page) == ["<b>Haupt</b>", "Other"], "the picker has the new name")
    ok(admin.patch("/api/boards/main", {"name": "Plan"}))
    page.wait(lambda: offered(page) == ["Plan", "Other"], "and one that another gave")


def test_deleting_says_what_goes_with_the_board(admin_view, server, team, admin):
    ok(admin.post("/api/boards", {"id": "old", "name": "Old plans"}), 201)
    for name in ("One", "Two"):
        admin.create_task(name, boardId="old")
    page = admin_view
    page.open(server.url, team.token("root", role="admin"), board="old")
    page.wait(lambda: page.text("#total") == "2 tasks", "it has two tasks")
    choose(page, "Delete…")
    page.says("#board-remover .loss", "The board is deleted with its 2 tasks, for everybody. This can't be undone; an export")
    assert page.run("return document.activeElement.textContent") == "Cancel", "Enter alone deletes nothing"
    assert violations(page) == []
    page.press(Keys.ENTER)
    page.wait(lambda: not page.find("#board-remover").is_displayed(), "it is cancelled")
    assert "old" in boards(admin)
    choose(page, "Delete…")
    page.says("#board-remover .danger", "Delete the board and its 2 tasks").click()
    page.says(".notice", "“Old plans” is deleted.")
    page.wait(lambda: page.run("return document.title") == "Main · Boardcast", "another board is open")
    assert boards(admin) == {"main": "Main"}
    assert "This board was deleted" not in page.text("#notices")
    page.find("#board-menu").click()
    assert "Delete…" not in [entry.text for entry in page.all("#menu button")], "every tenant keeps its main board"


def test_who_is_on_a_deleted_board_is_told_and_led_on(page, server, team, admin):
    ok(admin.post("/api/boards", {"id": "old", "name": "Old plans"}), 201)
    page.open(server.url, team.token("ann"), board="old")
    ok(admin.delete("/api/boards/old"), 204)
    page.says("#nowhere", "root deleted this board.")
    page.says("#nowhere a", "Main").click()
    page.wait(lambda: page.run("return document.title") == "Main · Boardcast", "the other board is open")


def test_members_are_not_offered_what_admins_may(page):
    page.find("#board-menu").click()
    assert [entry.text for entry in page.all("#menu button")] == [
        "Import tasks…", "Export as a table (CSV)", "Export all of it (JSON)"]


def test_the_admin_page_is_one_click_away(admin_view):
    page = admin_view
    page.find("#account").click()
    page.says("#person h2", "root")
    page.says("#person", "role: admin")
    assert violations(page) == []
    page.says("#person a", "Admin page").click()
    page.wait(lambda: page.text("#connection") == "Live", "it is open, with the same token")


def test_signing_out_leaves_nothing_to_see(page, driver, server, team):
    team.api().create_task("A secret")
    page.wait(lambda: page.column("inbox"), "the task is there")
    page.find("#account").click()
    assert not page.find("#person a").is_displayed(), "a member has no admin page"
    page.says("#person button", "Sign out").click()
    page.says("#sign-in", "Open a board")
    assert "A secret" not in page.run("return document.body.textContent")
    assert page.run("return sessionStorage.length") == 0
    for selector in ("#board", "#views", "#keys", "#connection"):
        assert not page.find(selector).is_displayed()
    page.press(Keys.ESCAPE)
    assert page.find("#sign-in").is_displayed(), "there is nothing else to see"
    driver.refresh()
    page.says("#sign-in", "Open a board")
    page.fill("#token", team.token("ben"))
    page.press(Keys.ENTER)
    page.pill_says("Real-time")
    page.wait(lambda: page.column("inbox"), "ben sees the board")


def test_a_viewer_is_told_before_trying(driver, server, team):
    team.api().create_task("Look")
    with visit(driver, server.url, team.token("vera", role="viewer")) as page:
        page.says("#keys", "You can look, not change.")
        assert "lifts a card" not in page.find("#keys").text
        page.find("#account").click()
        page.says("#person", "You can look, not change.")
        page.press(Keys.ESCAPE)
        page.find("#board-menu").click()
        assert [entry.text for entry in page.all("#menu button")] == ["Export as a table (CSV)", "Export all of it (JSON)"]


@pytest.mark.parametrize("token", ["nonsense", None])
def test_without_a_good_token_no_board_is_shown(driver, server, token):
    page = BoardPage(driver)
    driver.get("about:blank")
    driver.get(server.url + (f"/#token={token}" if token else "/"))
    page.says("#sign-in", "Open a board")
    assert not page.find("#board").is_displayed() and not page.find("#connection").is_displayed()
    driver.get("about:blank")
    driver.get_log("browser")
