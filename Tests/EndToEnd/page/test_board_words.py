"""What somebody has written and not saved is not lost, whatever others do; and it is said at once."""

from selenium.webdriver.common.keys import Keys

from browser import BoardPage
from rest import ok

TEXT = "A long sentence that took a while.\nAnd a second line."


def begin_to_write(page, task, text=TEXT):
    page.open_task(task)
    page.find("#f-description").send_keys(text)


def description(page):
    return page.find("#f-description").get_attribute("value")


def press_in(page, selector, words):
    """Clicks the button that says it."""
    page.wait(lambda: next((button for button in page.all(f"{selector} button")
                            if button.is_displayed() and button.text == words), None), f"{selector} has {words!r}").click()


def test_a_task_that_is_deleted_while_one_writes_can_be_put_back(page, team):
    rival = team.api("rival")
    task = rival.create_task("Fought over", status="review", labels=["x"])["id"]
    begin_to_write(page, task)
    rival.delete_task(task)
    page.says("#sheet .gone", "rival deleted this task. What you wrote is still here.")
    assert description(page) == TEXT
    page.find("#f-description").send_keys(" More.")
    press_in(page, "#sheet .gone", "Copy what I wrote")
    page.says(".notice", "Copied.")
    press_in(page, "#sheet .gone", "Put it back with what I wrote")
    page.says(".notice", "“Fought over” is back.")
    [now] = team.api().tasks()
    assert (now["description"], now["status"], now["labels"]) == (f"{TEXT} More.", "review", ["x"])
    assert not page.find("#sheet").is_displayed()


def test_one_that_is_deleted_while_its_sheet_is_closed_is_offered(page, team):
    rival = team.api("rival")
    task = rival.create_task("Left for a moment")["id"]
    begin_to_write(page, task)
    page.press(Keys.ESCAPE)
    page.says(f'[data-task-id="{task}"] .unsaved', "Not saved")
    rival.delete_task(task)
    page.says(".notice", "rival deleted “Left for a moment” while you had changes there that are not saved.")
    press_in(page, ".notice", "Show")
    page.says("#sheet .gone", "rival deleted this task")
    assert description(page) == TEXT
    press_in(page, "#sheet .gone", "Discard it")
    page.wait(lambda: not page.find("#sheet").is_displayed(), "it is gone")
    page.driver.refresh()
    page.pill_says("Real-time")
    assert page.all(".notice") == [], "and is not asked about again"


def test_one_without_changes_closes_with_a_word(page, team):
    rival = team.api("rival")
    task = rival.create_task("Only looked at")["id"]
    page.open_task(task)
    rival.delete_task(task)
    page.says(".notice", "rival deleted “Only looked at”, which you had open.")
    assert not page.find("#sheet").is_displayed()
    press_in(page, ".notice", "Put it back")
    page.wait(lambda: [task["name"] for task in team.api().tasks()] == ["Only looked at"], "it is there again")


def test_a_move_takes_nothing_away(page, team):
    task = team.api("rival").create_task("Moved about")["id"]
    begin_to_write(page, task)
    team.api("rival").move_task(task, "done")
    page.column_is("done", task)
    assert description(page) == TEXT
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    now = team.api().task(task)
    assert (now["description"], now["status"]) == (TEXT, "done")


def test_what_was_written_outlives_a_reload_and_the_tab(page, server, team):
    task = team.api("rival").create_task("Half done")["id"]
    begin_to_write(page, task)
    page.driver.refresh()
    page.pill_says("Real-time")
    page.wait(lambda: description(page) == TEXT, "the task is open, with the text")
    page.press(Keys.ESCAPE)
    page.says(f'[data-task-id="{task}"] .unsaved', "Not saved")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    second = page.driver.current_window_handle
    page.driver.switch_to.window(first)
    page.driver.close()
    page.driver.switch_to.window(second)
    BoardPage(page.driver).open(server.url, team.token("ben"))
    page.card(task)
    assert page.all(".unsaved:not([hidden])") == [], "it is nobody else's"
    page.open(server.url, team.token("ann"))
    page.says(".notice", "You have changes in “Half done” that are not saved.")
    press_in(page, ".notice", "Open")
    assert description(page) == TEXT
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    page.driver.refresh()
    page.pill_says("Real-time")
    page.card(task)
    assert page.all(".unsaved:not([hidden])") == []


def test_a_task_that_was_deleted_while_one_was_away_is_offered(page, server, team):
    rival = team.api("rival")
    task = rival.create_task("Written on the train")["id"]
    begin_to_write(page, task)
    page.driver.get("about:blank")
    rival.delete_task(task)
    page.open(server.url, team.token("ann"))
    page.says(".notice", "“Written on the train” was deleted. You had changes there that are not saved.")
    press_in(page, ".notice", "Put it back")
    page.wait(lambda: [task["description"] for task in team.api().tasks()] == [TEXT], "it is there again")


def test_a_board_that_is_deleted_leaves_what_was_written(page, server, team):
    admin = team.admin()
    admin.create_board("doomed", "Doomed")
    open_one, other = [admin.create_task(name, boardId="doomed")["id"] for name in ("Open", "Closed")]
    page.open(server.url, team.token("ann"), board="doomed")
    begin_to_write(page, other, "in the closed one")
    begin_to_write(page, open_one)
    ok(admin.delete("/api/boards/doomed"), 204)
    page.says("#sheet .gone", "This board was deleted. What you wrote is still here.")
    assert description(page) == TEXT
    page.says(".notice", "You have written something in “Closed” that is not saved.")
    press_in(page, "#sheet .gone", "Copy what I wrote")
    page.says(".notice", "Copied.")


def test_a_conflict_shows_the_changed_words_and_both_can_be_kept(page, team):
    rival = team.api("rival")
    before = "First line.\nSecond line.\n\nThe end."
    task = rival.create_task("Fought over", description=before)["id"]
    page.open_task(task)
    page.find("#sheet [data-act=write]").click()
    page.fill("#f-description", before.replace("end", "happy end"))
    rival.patch_task(task, {"description": before.replace("Second", "Another")})
    page.says("#sheet .conflict", "rival changed this while you were writing.")
    assert page.run("return document.querySelector('.conflict .words').textContent").startswith("First line.\nSecond")
    assert page.run("return getComputedStyle(document.querySelector('.conflict .words')).whiteSpaceCollapse") == "preserve"
    assert (page.text(".conflict del"), page.text(".conflict ins")) == ("Second", "Another")
    press_in(page, "#sheet .conflict", "Keep both")
    both = "First line.\nAnother line.\n\nThe happy end."
    assert description(page) == both
    page.says("#sheet .primary", "Save").click()
    page.says("#sheet .saved", "Saved")
    assert team.api().task(task)["description"] == both


def test_whose_words_are_replaced_is_told_so(page, team):
    rival = team.api("rival")
    task = rival.create_task("Fought over")["id"]
    begin_to_write(page, task, "Ann's long sentence.")
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    rival.patch_task(task, {"description": "The rival's sentence."})
    page.says("#sheet .conflict", "rival replaced what you saved.")
    assert page.text("#sheet .saved") != "Saved"
    assert (page.text(".conflict del"), page.text(".conflict ins")) == ("Ann's long", "The rival's")
    assert "rival replaced your description of “Fought over”." in page.text("#log li")
    press_in(page, "#sheet .conflict", "Keep both")
    page.wait(lambda: team.api().task(task)["description"] == "The rival's sentence.\n\nAnn's long sentence.", "both are there")
    page.press(Keys.ESCAPE)
    rival.patch_task(task, {"description": "Once more."})
    page.says(".notice", "rival replaced your description of “Fought over”.")
    press_in(page, ".notice", "Show")
    press_in(page, "#sheet .conflict", "Put mine back")
    page.wait(lambda: team.api().task(task)["description"].startswith("The rival's sentence.\n\nAnn"), "it is back")


def test_who_only_adds_to_it_replaces_nothing(page, team):
    rival = team.api("rival")
    task = rival.create_task("Written together")["id"]
    begin_to_write(page, task, "Ann's sentence.")
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")
    rival.patch_task(task, {"description": "Ann's sentence. And the rival's."})
    page.wait(lambda: description(page).endswith("And the rival's."), "it is there")
    assert page.all("#sheet .conflict") == []


def test_what_was_discarded_by_mistake_comes_back(page, team):
    task = team.api("rival").create_task("Nearly lost")["id"]
    begin_to_write(page, task)
    page.find("[data-act=revert]").click()
    page.wait(lambda: description(page) == "", "it is discarded")
    press_in(page, ".notice", "Undo")
    page.wait(lambda: description(page) == TEXT, "it is back")
    assert page.text("#sheet .saved") == "Not saved"


def test_what_was_to_be_added_is_kept(page, team):
    admin = team.admin()
    page.find('[data-status="review"] .add input').send_keys("Not yet added")
    page.driver.refresh()
    page.pill_says("Real-time")
    page.wait(lambda: page.find('[data-status="review"] .add input').get_attribute("value") == "Not yet added", "still there")
    ok(admin.patch("/api/boards/main", {"statuses": ["inbox", "in_progress", "done"]}))
    page.says(".notice", "The column “Review” was removed. You were writing “Not yet added” there.")
    press_in(page, ".notice", "Copy it")
