"""The page for those who do not see it, or see it differently: axe-core's rules, and what no rule can check."""

import pytest
from selenium.webdriver.common.keys import Keys

from axe import violations
from browser import SCHEMES, color_scheme, visit
from rest import ok


@pytest.fixture
def priorities(team):
    """A task of each priority, due in this and other years."""
    api = team.api("ben")
    for n, priority in enumerate(("low", "medium", "high", "urgent")):
        api.create_task(f"A task of {priority} priority", priority=priority, labels=["bug", "docs", f"label {n}"],
                        assigneeId="ben", dueAt=f"20{20 + 5 * n}-01-15T00:00:00.000Z")


@pytest.fixture
def colorful(priorities, page):
    """The page, with a card of each priority that was there before it was opened."""
    page.wait(lambda: len(page.column("inbox")) == 4, "the cards are there")
    yield page
    color_scheme(page.driver, "light")


def look(page, what):
    """Brings the page to where something is to be seen."""
    if what == "task":
        page.open_task(page.column("inbox")[0])
        page.find("#f-description").send_keys("something")
    elif what == "menu":
        page.button(page.column("inbox")[0]).send_keys("m")
    elif what in ("filter", "bell", "connection"):
        page.find(f"#{what}").click()
    elif what == "import":
        page.find("#import").click()
    elif what == "sign-in":
        page.run("sessionStorage.clear(); location.reload()")
        page.says("#sign-in", "Open a board")
    elif what in ("list", "activity"):
        page.find(f'[data-view="{what}"]').click()
        page.wait(lambda: page.all(f"#{what} li"), "there are rows")
    elif what == "notices":
        page.button(page.column("inbox")[0]).send_keys(Keys.DELETE)
        page.says(".notice", "deleted")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("what", ["board", "task", "menu", "filter", "bell", "connection", "import", "list", "activity",
                                  "notices", "sign-in"])
def test_axe_finds_nothing(colorful, scheme, what):
    color_scheme(colorful.driver, scheme)
    look(colorful, what)
    assert violations(colorful) == []


def test_every_control_has_a_name_and_a_place_in_the_order(colorful):
    """Tab goes once around the page, in the order of reading, and shows where it is."""
    seen = []
    colorful.run("document.activeElement.blur()")
    for _ in range(60):
        colorful.press(Keys.TAB)
        here = colorful.run("""
            const element = document.activeElement;
            if (element === document.body) return null;
            const { x, y } = element.getBoundingClientRect();
            const ring = getComputedStyle(element), inside = getComputedStyle(element, "::after");
            const shown = [ring, inside].some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
            return { name: element.ariaLabel || element.labels?.[0]?.textContent || element.textContent.trim(), x, y, shown,
                     region: element.closest("header, main, aside")?.localName };
        """)
        if here is None:
            break
        seen.append(here)
    assert [stop for stop in seen if not stop["name"]] == []
    assert [stop["name"] for stop in seen if not stop["shown"]] == []
    names = [stop["name"] for stop in seen]
    assert names.index("Board") < names.index("Search tasks") < names.index("Notifications")
    regions = [stop["region"] for stop in seen]
    assert regions == sorted(regions, key=["header", "main"].index), "first the head of the colorful, then the board"
    assert sum(name.startswith("Actions for") for name in names) == 1, "the board is one stop, its cards are arrows away"


def test_dialogs_keep_the_focus_and_give_it_back(colorful):
    task = colorful.column("inbox")[1]
    colorful.button(task).send_keys("m")
    colorful.wait(lambda: colorful.run("return document.activeElement.role") == "menuitem", "the menu has the focus")
    colorful.press(Keys.ESCAPE)
    colorful.wait(lambda: colorful.run("return document.activeElement.closest('.card')?.dataset.taskId") == str(task),
              "the card has it back")
    colorful.find("#filter").click()
    colorful.press(Keys.ESCAPE)
    assert colorful.driver.switch_to.active_element == colorful.find("#filter")


def test_who_asked_for_stillness_has_it(colorful, team):
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    colorful.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    first = colorful.column("inbox")[0]
    colorful.run("""
        window.animated = 0;
        const real = Element.prototype.animate;
        Element.prototype.animate = function (...all) { window.animated += 1; return real.apply(this, all); };
    """)
    team.api("ben").move_task(first, "done")
    colorful.column_is("done", first)
    assert colorful.run("return window.animated") == 0


def test_what_others_do_is_said(colorful, team):
    team.api("ben").create_task("Said aloud")
    colorful.says("#banner", "ben added “Said aloud”")
    assert colorful.find("#banner").get_attribute("role") == "status"


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_needs_scrolling_in_two_directions_on_a_phone(colorful, width):
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    colorful.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        assert colorful.run("return document.documentElement.scrollWidth") <= width
        colorful.find('[data-view="list"]').click()
        colorful.wait(lambda: colorful.all("#list li"), "there are rows")
        assert colorful.run("const list = document.querySelector('#list'); return list.scrollWidth - list.clientWidth") == 0
    finally:
        colorful.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_columns_of_an_admin(driver, server, team, scheme):
    admin = team.admin()
    admin.create_task("one")
    admin.create_task("two")
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "購物", "limit": 1}, {"id": "done"}]}))
    with visit(driver, server.url, team.token("root", role="admin")) as page:
        color_scheme(driver, scheme)
        page.says('[data-status="inbox"] .count', "exceeded")
        assert violations(page) == []
        page.find("#columns").click()
        page.wait(lambda: page.all("#column-editor li"), "the dialog shows the columns")
        assert violations(page) == []
        color_scheme(driver, "light")
