"""Descriptions: read with their Markdown and links, written as text."""

from selenium.webdriver.common.keys import Keys

from browser import visit
from test_board_accessibility import violations

TEXT = """## Steps
1. Open https://a.example/login?next=(x).
2. Look at **that**:
   - [x] done
   - [ ] open

> said [here](mailto:ben@a.example)
```
<b>code</b>
```"""

ATTACK = """<img src=x onerror="window.pwned=1">
[x](javascript:window.pwned=1) javascript:window.pwned=1 [y](data:text/html,<script>parent.pwned=1</script>)
**<svg onload=window.pwned=1>** `<script>window.pwned=1</script>` https://a.example/"onmouseover="window.pwned=1"""


def markup(page):
    return page.run("return document.querySelector('.prose').innerHTML")


def test_it_is_read_as_it_is_meant_and_written_as_it_is(page, team):
    api = team.api("ben")
    task = api.create_task("Described", description=TEXT)["id"]
    page.open_task(task)
    page.says(".prose h3", "Steps")
    [login, mail] = page.all(".prose a")
    assert login.get_attribute("href") == "https://a.example/login?next=(x)"
    assert (login.get_attribute("rel"), login.get_attribute("target")) == ("noopener noreferrer nofollow", "_blank")
    assert mail.get_attribute("href") == "mailto:ben@a.example"
    assert [box.is_selected() for box in page.all(".prose input")] == [True, False]
    assert page.text(".prose pre") == "<b>code</b>"
    assert not page.find("#f-description").is_displayed()
    assert violations(page) == []
    page.says("#sheet [data-act=write]", "Edit").send_keys(Keys.ENTER)
    field = page.find("#f-description")
    assert field.is_displayed() and field.get_attribute("value") == TEXT
    assert page.driver.switch_to.active_element == field
    field.send_keys(Keys.CONTROL + Keys.END)
    field.send_keys("\n*more*")
    page.find("#sheet .primary").click()
    page.says(".prose em", "more")
    assert api.task(task)["description"] == f"{TEXT}\n*more*"


def test_what_others_write_is_read_too(page, team):
    api = team.api("ben")
    task = api.create_task("Described", description="From *cay*")["id"]
    page.open_task(task)
    page.says(".prose em", "cay")
    api.patch_task(task, {"description": "From *ben*"})
    page.says(".prose em", "ben")
    page.find(".prose p").click()
    page.wait(lambda: page.driver.switch_to.active_element == page.find("#f-description"), "a click begins to write")
    page.find("#f-name").click()
    page.says(".prose em", "ben")


def test_nothing_in_it_runs(page, team):
    task = team.api("ben").create_task("Evil", description=ATTACK)["id"]
    page.open_task(task)
    page.says(".prose", "onerror")
    assert [link.get_attribute("href") for link in page.all(".prose a")] == ["https://a.example/"]
    assert page.all(".prose :is(img, svg, script, [onmouseover])") == []
    assert page.run("return window.pwned") is None


def test_who_may_only_look_reads_it_too(driver, server, team):
    task = team.api("ben").create_task("Look", description="Some *words*")["id"]
    with visit(driver, server.url, team.token("vera", role="viewer")) as page:
        page.open_task(task)
        page.says(".prose em", "words").click()
        assert not page.find("#f-description").is_displayed() and not page.find("[data-act=write]").is_displayed()
