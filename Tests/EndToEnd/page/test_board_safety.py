"""What people write is text, wherever the page shows it."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import BoardPage

ATTACKS = [
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "</li></template></textarea><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "\u202egnp.exe \u0007 &lt;b&gt; 'single' \"double\" `tick`",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_markup_in_every_field_is_text_everywhere(driver, server, team, attack):
    team.admin().patch("/api/boards/main", {"name": attack})
    other = team.api(sub=attack)
    fields = {"description": attack, "labels": [attack], "assigneeId": attack, "priority": "high"}
    task = other.create_task(attack, **fields)["id"]
    page = BoardPage(driver).open(server.url, team.token("ann"), q=attack)
    card = page.card(task)
    assert attack in page.text(f'[data-task-id="{task}"] .name')
    assert page.text(f'[data-task-id="{task}"] .label') == attack.strip()
    assert page.text("#name") == attack.strip()
    assert card.find_element("css selector", ".assignee").get_attribute("title") == attack
    team.keep(team.stream(attack, board="main"))
    page.wait(lambda: len(page.all("#people .avatar")) == 2, "the other is there")
    other.post("/api/boards/main/typing", {"taskId": task, "typing": True})
    page.says(f'[data-task-id="{task}"] .typing', "is typing")
    page.open_task(task)
    assert page.find("#f-description").get_attribute("value") == attack
    page.fill("#f-name", "Mine")
    other.patch_task(task, {"name": f"Theirs {attack}"})
    page.says("#sheet .conflict", "changed this while you were writing")
    assert attack.strip() in page.text("#sheet .conflict .words")
    second = other.create_task(f"News {attack}")["id"]
    page.says("#banner", "added")
    page.press(Keys.ESCAPE)
    page.find("#bell").click()
    page.says("#log", "added")
    page.press(Keys.ESCAPE)
    page.card(second).find_element("css selector", ".more").click()
    page.press(Keys.ESCAPE)
    page.find("#filter").click()
    page.press(Keys.ESCAPE)
    page.button(second).send_keys(Keys.DELETE)
    page.says(".notice", "deleted")
    for view in ("list", "activity"):
        page.find(f'[data-view="{view}"]').click()
        page.says(f"#{view}", attack.strip().split("\u0007")[0][:12])
    assert page.run("return window.pwned") is None
    assert page.all("main img, main script, iframe, aside img, aside script, .popover img, svg[onload]") == []
    assert page.errors() == []
    driver.get("about:blank")
