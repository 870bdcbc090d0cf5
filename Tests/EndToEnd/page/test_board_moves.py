"""Moving cards: with the keyboard alone, by menu, by mouse and by finger."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import chromium, visit


@pytest.fixture(scope="module")
def phone_driver():
    driver = chromium((390, 844), touch=True)
    yield driver
    driver.quit()


@pytest.fixture
def tasks(team):
    """Three in the first column, one in the third."""
    api = team.api("maker")
    return [api.create_task(name)["id"] for name in "ABC"] + [api.create_task("D", status="review")["id"]]


@pytest.fixture
def board(tasks, page):
    page.column_is("inbox", *tasks[:3])
    return page


@pytest.fixture
def phone(tasks, phone_driver, server, team):
    with visit(phone_driver, server.url, team.token("ann")) as page:
        page.column_is("inbox", *tasks[:3])
        yield page


def focused(page):
    return page.run("return Number(document.activeElement.closest('.card')?.dataset.taskId)")


def order(team, status):
    found = team.api("reader").tasks(status=status)
    return [task["id"] for task in sorted(found, key=lambda task: task["rank"])]


def stands(page, team, status, *ids):
    """On the page and on the server."""
    page.column_is(status, *ids)
    page.wait(lambda: order(team, status) == list(ids), f"the server has {ids} in {status}")


def test_everything_by_keyboard_alone(board, team, tasks):
    a, b, c, d = tasks
    for _ in range(40):
        if focused(board) == a:
            break
        board.press(Keys.TAB)
    assert focused(board) == a, "Tab leads to the board"
    board.press(Keys.ARROW_DOWN)
    assert focused(board) == b
    board.press(Keys.SPACE)
    board.wait(lambda: "B, lifted" in board.text("#announcer"), "it is said that the card is lifted")
    board.press(Keys.ARROW_DOWN)
    board.column_is("inbox", a, c, b)
    assert order(team, "inbox") == [a, b, c], "nothing is written before the card is dropped"
    board.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    board.column_is("review", b, d)
    assert focused(board) == b, "the focus goes with the card"
    board.press(Keys.ARROW_DOWN)
    board.column_is("review", d, b)
    board.press(Keys.ARROW_UP, Keys.SPACE)
    stands(board, team, "review", b, d)
    stands(board, team, "inbox", a, c)
    board.wait(lambda: "B, dropped. Review, 1 of 2." in board.text("#announcer"), "it is said where the card is")
    assert focused(board) == b
    board.press(Keys.SHIFT + Keys.ARROW_LEFT)
    stands(board, team, "in_progress", b)


def test_escape_puts_it_back(board, team, tasks):
    a, b, c, d = tasks
    board.button(a).send_keys(Keys.SPACE)
    board.press(Keys.ARROW_RIGHT)
    board.column_is("in_progress", a)
    board.press(Keys.ESCAPE)
    board.column_is("inbox", a, b, c)
    assert focused(board) == a
    assert team.api().task(a)["version"] == 1, "nothing was written"


def test_the_menu_moves_what_dragging_would(board, team, tasks):
    a, b, c, d = tasks

    def choose(task, text):
        board.card(task).find_element("css selector", ".more").click()
        board.wait(lambda: board.find("#menu").is_displayed(), "the menu is open")
        next(item for item in board.all("#menu button") if item.text == text).click()

    choose(c, "Top")
    stands(board, team, "inbox", c, a, b)
    choose(c, "Down")
    stands(board, team, "inbox", a, c, b)
    choose(a, "Review")
    stands(board, team, "review", d, a)
    assert focused(board) == a
    board.button(a).send_keys("m")
    board.wait(lambda: board.find("#menu").is_displayed(), "the menu is open")
    board.press(Keys.ARROW_DOWN, Keys.ENTER)
    stands(board, team, "inbox", c, b, a)
    assert board.driver.switch_to.active_element == board.button(a)
    for is_open in (True, False, True):
        board.card(b).find_element("css selector", ".more").click()
        assert board.find("#menu").is_displayed() == is_open, "each click is the contrary of the one before"
    board.card(c).find_element("css selector", ".more").click()
    board.wait(lambda: board.find("#menu").get_attribute("aria-label") == "Actions for C", "the menu is that of the other card")
    board.wait(lambda: board.find("#menu").is_displayed(), "and open")


def test_dragging_with_the_mouse(board, team, tasks):
    a, b, c, d = tasks
    actions = ActionChains(board.driver, duration=100).move_to_element(board.card(a)).click_and_hold()
    actions.move_by_offset(6, 6).move_to_element(board.find('[data-status="done"]')).perform()
    board.column_is("done", a)
    assert order(team, "inbox") == [a, b, c], "nothing is written before the card is dropped"
    ActionChains(board.driver).release().perform()
    stands(board, team, "done", a)
    assert not board.find("#sheet").is_displayed(), "the end of a drag is no click"
    board.still()
    actions = ActionChains(board.driver, duration=100).move_to_element(board.card(b)).click_and_hold()
    actions.move_by_offset(6, 6).move_to_element(board.card(d)).perform()
    board.wait(lambda: b in board.column("review"), "it hovers over another column")
    board.press(Keys.ESCAPE)
    board.column_is("inbox", b, c)
    ActionChains(board.driver).release().perform()
    assert board.all(".ghost") == []
    assert order(team, "inbox") == [b, c]


def touch(page, kind, x=None, y=None):
    points = [] if x is None else [{"x": x, "y": y}]
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(page, element):
    box = page.run("const {x, y, width, height} = arguments[0].getBoundingClientRect();"
                   "return [x + width / 2, y + height / 2]", element)
    return map(int, box)


def test_dragging_with_a_finger(phone, team, tasks):
    a, b, c, d = tasks
    x, y = middle(phone, phone.card(a))
    touch(phone, "touchStart", x, y)
    phone.wait(lambda: phone.all(".ghost"), "a finger that rests lifts the card")
    to_x, to_y = middle(phone, phone.card(c))
    for step in (1, 2, 3):
        touch(phone, "touchMove", x + (to_x - x) * step / 3, y + (to_y + 30 - y) * step / 3)
    phone.column_is("inbox", b, c, a)
    touch(phone, "touchEnd")
    stands(phone, team, "inbox", b, c, a)
    assert not phone.find("#sheet").is_displayed()


def test_a_finger_that_moves_at_once_scrolls(phone, team, tasks):
    a, b, c, d = tasks
    x, y = middle(phone, phone.card(b))
    touch(phone, "touchStart", x, y)
    for step in range(1, 9):
        touch(phone, "touchMove", x - 30 * step, y)
    touch(phone, "touchEnd")
    phone.wait(lambda: phone.run("return document.querySelector('#board').scrollLeft") > 0, "the board scrolls")
    assert phone.all(".ghost") == []
    assert team.api().task(b)["version"] == 1
