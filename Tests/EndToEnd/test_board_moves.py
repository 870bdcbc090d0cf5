"""Moving cards: with the keyboard alone, by menu, by mouse and by finger."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import BoardPage, chromium


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
def page(driver, server, team, tasks):
    page = BoardPage(driver).open(server.url, team.token("ann"))
    page.column_is("inbox", *tasks[:3])
    yield page
    assert page.errors() == []
    driver.get("about:blank")


@pytest.fixture
def phone(phone_driver, server, team, tasks):
    page = BoardPage(phone_driver).open(server.url, team.token("ann"))
    page.column_is("inbox", *tasks[:3])
    yield page
    assert page.errors() == []
    phone_driver.get("about:blank")


def focused(page):
    return page.run("return Number(document.activeElement.closest('.card')?.dataset.taskId)")


def order(team, status):
    found = team.api("reader").tasks(status=status)
    return [task["id"] for task in sorted(found, key=lambda task: task["rank"])]


def stands(page, team, status, *ids):
    """On the page and on the server."""
    page.column_is(status, *ids)
    page.wait(lambda: order(team, status) == list(ids), f"the server has {ids} in {status}")


def test_everything_by_keyboard_alone(page, team, tasks):
    a, b, c, d = tasks
    for _ in range(40):
        if focused(page) == a:
            break
        page.press(Keys.TAB)
    assert focused(page) == a, "Tab leads to the board"
    page.press(Keys.ARROW_DOWN)
    assert focused(page) == b
    page.press(Keys.SPACE)
    page.wait(lambda: "B, lifted" in page.text("#announcer"), "it is said that the card is lifted")
    page.press(Keys.ARROW_DOWN)
    page.column_is("inbox", a, c, b)
    assert order(team, "inbox") == [a, b, c], "nothing is written before the card is dropped"
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    page.column_is("review", b, d)
    assert focused(page) == b, "the focus goes with the card"
    page.press(Keys.ARROW_DOWN)
    page.column_is("review", d, b)
    page.press(Keys.ARROW_UP, Keys.SPACE)
    stands(page, team, "review", b, d)
    stands(page, team, "inbox", a, c)
    page.wait(lambda: "B, dropped. Review, 1 of 2." in page.text("#announcer"), "it is said where the card is")
    assert focused(page) == b
    page.press(Keys.SHIFT + Keys.ARROW_LEFT)
    stands(page, team, "in_progress", b)


def test_escape_puts_it_back(page, team, tasks):
    a, b, c, d = tasks
    page.button(a).send_keys(Keys.SPACE)
    page.press(Keys.ARROW_RIGHT)
    page.column_is("in_progress", a)
    page.press(Keys.ESCAPE)
    page.column_is("inbox", a, b, c)
    assert focused(page) == a
    assert team.api().task(a)["version"] == 1, "nothing was written"


def test_the_menu_moves_what_dragging_would(page, team, tasks):
    a, b, c, d = tasks

    def choose(task, text):
        page.card(task).find_element("css selector", ".more").click()
        page.wait(lambda: page.find("#menu").is_displayed(), "the menu is open")
        next(item for item in page.all("#menu button") if item.text == text).click()

    choose(c, "Top")
    stands(page, team, "inbox", c, a, b)
    choose(c, "Down")
    stands(page, team, "inbox", a, c, b)
    choose(a, "Review")
    stands(page, team, "review", d, a)
    assert focused(page) == a
    page.button(a).send_keys("m")
    page.wait(lambda: page.find("#menu").is_displayed(), "the menu is open")
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    stands(page, team, "inbox", c, b, a)
    assert page.driver.switch_to.active_element == page.button(a)
    for is_open in (True, False, True):
        page.card(b).find_element("css selector", ".more").click()
        assert page.find("#menu").is_displayed() == is_open, "each click is the contrary of the one before"
    page.card(c).find_element("css selector", ".more").click()
    page.wait(lambda: page.find("#menu").get_attribute("aria-label") == "Actions for C", "the menu is that of the other card")
    page.wait(lambda: page.find("#menu").is_displayed(), "and open")


def test_dragging_with_the_mouse(page, team, tasks):
    a, b, c, d = tasks
    actions = ActionChains(page.driver, duration=100).move_to_element(page.card(a)).click_and_hold()
    actions.move_by_offset(6, 6).move_to_element(page.find('[data-status="done"]')).perform()
    page.column_is("done", a)
    assert order(team, "inbox") == [a, b, c], "nothing is written before the card is dropped"
    ActionChains(page.driver).release().perform()
    stands(page, team, "done", a)
    assert not page.find("#sheet").is_displayed(), "the end of a drag is no click"
    page.still()
    actions = ActionChains(page.driver, duration=100).move_to_element(page.card(b)).click_and_hold()
    actions.move_by_offset(6, 6).move_to_element(page.card(d)).perform()
    page.wait(lambda: b in page.column("review"), "it hovers over another column")
    page.press(Keys.ESCAPE)
    page.column_is("inbox", b, c)
    ActionChains(page.driver).release().perform()
    assert page.all(".ghost") == []
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
