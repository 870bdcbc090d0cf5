"""What the page says to who does not know the way: empty boards, boards that there are not, keys, colours, fingers."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import BoardPage, chromium


@pytest.fixture(scope="module")
def phone_driver():
    driver = chromium((390, 844), touch=True)
    yield driver
    driver.quit()


@pytest.fixture
def phone(phone_driver, server, team):
    page = BoardPage(phone_driver).open(server.url, team.token("ann"))
    yield page
    assert page.errors() == []
    phone_driver.get("about:blank")


def test_an_empty_board_invites(page, team):
    page.says("#hint", "This board is empty. Write a first task below a column, or import a file.")
    task = team.api().create_task("The first")["id"]
    page.card(task)
    page.wait(lambda: not page.find("#hint").is_displayed(), "it is empty no more")
    page.find("#query").send_keys("zzzz")
    page.says("#hint", "No task matches the search and the filters.")
    page.find("#hint button").click()
    page.column_is("inbox", task)
    assert page.find("#query").get_attribute("value") == ""
    page.find("#query").send_keys("zzzz")
    page.says("#hint", "No task matches")
    page.find('[data-view="list"]').click()
    page.wait(lambda: not page.find("#hint").is_displayed(), "the list says it itself")


def test_a_board_that_there_is_not_leads_to_those_there_are(page, server, team):
    page.open(server.url, team.token("ann"), until="Closed", board="nope")
    page.says("#nowhere", "There is no board “nope”, or you may not see it.")
    page.says("#nowhere a", "Main").click()
    page.pill_says("Real-time")
    page.wait(lambda: page.all('[data-status="inbox"]'), "the board is open")
    assert not page.find("#nowhere").is_displayed()


def test_all_keys_are_shown(page):
    page.press("?")
    page.says("#help", "undo what you did last")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.find("#help").is_displayed(), "it is closed")


def test_who_may_only_look_is_told_so(page, server, team):
    task = team.api().create_task("Look, don't touch")["id"]
    page.open(server.url, team.token("vera", role="viewer"))
    page.open_task(task)
    page.says("#sheet .look-only", "You can look at this task, but not change it.")


def test_buttons_without_words_have_names(page):
    for button in page.all("header button"):
        if button.is_displayed() and button.text.strip() == "":
            page.run("arguments[0].dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))", button)
            assert button.get_attribute("title") == button.get_attribute("aria-label")


def test_typing_ends_with_what_was_typed(page, team):
    ben = team.api("ben")
    task = ben.create_task("Written by Ben")
    page.open_task(task["id"])
    ben.start_typing(task)
    page.says("#sheet .typing", "ben is typing")
    ben.patch_task(task["id"], {"description": "Done."})
    page.wait(lambda: page.find("#f-description").get_attribute("value") == "Done.", "it is here")
    assert page.text("#sheet .typing") == ""


def test_focus_and_lifted_card_are_seen_in_forced_colours(page, team):
    one, two = [team.api().create_task(name, priority="high")["id"] for name in ("One", "Two")]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "forced-colors", "value": "active"}]})
    outline = ("const style = getComputedStyle(document.querySelector(`[data-task-id='${arguments[0]}'] ${arguments[1]}`),"
               " arguments[2]); return [style.outlineStyle, style.outlineWidth]")
    try:
        page.button(one).send_keys(Keys.ARROW_DOWN)
        assert page.run(outline, two, ".open", "::after") == ["solid", "3px"]
        assert page.run(outline, one, ".open", "::after")[0] == "none"
        for task in (one, two):
            assert page.run("return getComputedStyle(document.querySelector(`[data-task-id='${arguments[0]}']`)).outlineStyle",
                            task) == "none", "no card has a line around it that only the focus should have"
        page.press(Keys.SPACE)
        assert page.run("return getComputedStyle(document.querySelector('[data-lifted]')).outlineStyle") == "dashed"
        page.press(Keys.ESCAPE)
        ground = "return getComputedStyle(document.querySelector(arguments[0]), arguments[1]).backgroundColor"
        assert page.run(ground, "#connection", "::before") == page.run(ground, ".card .priority", "::before") != "rgba(0, 0, 0, 0)"
        assert page.run(ground, "#views [aria-current]") != page.run(ground, "#views button:not([aria-current])")
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_finger_has_room_for_each_button(phone, team):
    task = team.api().create_task("Touched")["id"]
    phone.card(task)

    def small(selector):
        return phone.run("return [...document.querySelectorAll(arguments[0])].filter(one => one.checkVisibility({ visibilityProperty: true }))"
                         ".map(one => [one.id || one.className || one.textContent, one.offsetWidth, one.offsetHeight])"
                         ".filter(([, width, height]) => width < 44 || height < 44)", selector)

    assert small("header button:not(#connection)") == [] and small(".card .more") == []
    around = """const { x, y, width, height } = document.querySelector('#connection').getBoundingClientRect();
                return [-21, 21].map(off => document.elementFromPoint(x + width / 2, y + height / 2 + off)?.id)"""
    assert phone.run(around) == ["connection", "connection"]
    phone.open_task(task)
    assert small("#sheet button:not(.chips-input button)") == []


def test_a_card_at_the_edge_brings_one_column_after_the_other(phone, team):
    task = team.api().create_task("Carried")["id"]
    place = phone.card(task).rect
    x, y = place["x"] + 60, place["y"] + 15

    def touch(kind, *points):
        phone.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    steps = """
        window.seen = [];
        const board = document.querySelector('#board');
        const look = () => { const left = Math.round(board.scrollLeft); if (seen.at(-1)?.[0] !== left) seen.push([left, performance.now()]); };
        board.addEventListener('scroll', look);
    """
    phone.run(steps)
    touch("touchStart", (x, y))
    phone.wait(lambda: phone.all("[data-lifted]"), "the card is lifted")
    touch("touchMove", (380, y))
    phone.wait(lambda: phone.column("in_progress") == [task], "it is over the second column")
    rests = "return seen.length > 0 && performance.now() - seen.at(-1)[1] > 150"
    phone.wait(lambda: phone.run(rests), "the board comes to rest there")
    touch("touchMove", (200, y))
    touch("touchEnd")
    phone.wait(lambda: team.api().task(task)["status"] == "in_progress", "it can be dropped there")
