"""The page of `serve --dev`: its cards, its pill, and what it forbids."""

from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.by import By

from board_model import STATUSES
from rest import Api, ok
from waiting import eventually


def pill_says(page, text):
    eventually(lambda: page.find_element(By.ID, "connection").text.strip().startswith(text), f"the pill says {text}")


def card_is_in(page, task_id, status):
    selector = f'[data-status="{status}"] [data-task-id="{task_id}"]'
    return eventually(lambda: page.find_elements(By.CSS_SELECTOR, selector), f"card {task_id} is in {status}")[0]


def cards(page, task_id):
    return page.find_elements(By.CSS_SELECTOR, f'[data-task-id="{task_id}"]')


def test_the_page_shows_the_columns_and_is_real_time(dev_page):
    pill_says(dev_page, "Real-time")
    for status in STATUSES:
        assert dev_page.find_elements(By.CSS_SELECTOR, f'[data-status="{status}"]'), status


def test_a_task_made_elsewhere_appears_moves_and_goes(dev, dev_page):
    pill_says(dev_page, "Real-time")
    api = Api(dev.url, dev.token)
    task = api.create_task("Made with a call")
    assert "Made with a call" in card_is_in(dev_page, task["id"], "inbox").text
    api.patch_task(task["id"], {"status": "review"})
    card_is_in(dev_page, task["id"], "review")
    assert len(cards(dev_page, task["id"])) == 1, "it has moved, not multiplied"
    api.patch_task(task["id"], {"name": "Renamed with a call"})
    eventually(lambda: "Renamed with a call" in cards(dev_page, task["id"])[0].text, "the card has its new name")
    api.move_task(task["id"], "done")
    card_is_in(dev_page, task["id"], "done")
    api.delete_task(task["id"])
    eventually(lambda: not cards(dev_page, task["id"]), "the card is gone")


def test_what_was_there_before_the_page_is_shown(dev, driver):
    api = Api(dev.url, dev.token)
    task = api.create_task("Older than the page", status="in_progress")
    driver.get(dev.page_url)
    card_is_in(driver, task["id"], "in_progress")


def test_markup_in_a_name_is_text(dev, dev_page):
    pill_says(dev_page, "Real-time")
    name = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"
    task = Api(dev.url, dev.token).create_task(name, labels=["<i>label</i>"])
    card = card_is_in(dev_page, task["id"], "inbox")
    assert name in card.text
    assert dev_page.title != "pwned"
    assert not card.find_elements(By.CSS_SELECTOR, "img, b b, i")


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_page_reconnects_by_itself_and_has_missed_nothing(dev, dev_page, gracefully):
    pill_says(dev_page, "Real-time")
    token = dev.token
    if gracefully:
        dev.stop()
    else:
        dev.kill()
    pill_says(dev_page, "Reconnecting")
    dev.start()
    task = Api(dev.url, token).create_task("Made meanwhile")
    pill_says(dev_page, "Real-time")
    card_is_in(dev_page, task["id"], "inbox")
    assert len(cards(dev_page, task["id"])) == 1


def test_the_token_is_not_sent_with_the_page(dev, dev_page):
    """It stands in the fragment, which a browser keeps to itself; and the page does not ask for it in a query."""
    pill_says(dev_page, "Real-time")
    urls = dev_page.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert all(urlsplit(url).netloc == urlsplit(dev.url).netloc for url in urls), "the page needs nobody else"
    signature = dev.token.rsplit(".", 1)[1]
    assert not any(signature in url for url in urls if "/sse/connect" not in url)


def test_the_page_reports_no_errors(dev, dev_page):
    pill_says(dev_page, "Real-time")
    severe = [entry["message"] for entry in dev_page.get_log("browser") if entry["level"] == "SEVERE"]
    assert [message for message in severe if "favicon" not in message] == []


def test_the_page_forbids_what_it_does_not_need(dev):
    answer = ok(Api(dev.url).get("/"))
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src" in answer.headers["content-security-policy"]


def test_a_link_works_once_and_the_next_one_is_printed(dev, driver, dev_page):
    pill_says(dev_page, "Real-time")
    assert "#" not in dev_page.current_url, "it is out of the address"
    used = dev.stdout_lines
    first, second = [line.split("/#link=")[1] for line in used if "/#link=" in line]
    assert len(first) == 10 and first != second
    assert second == dev.page_url.split("#link=")[1]
    assert "token" not in dev.page_url and len(dev.page_url) < 50
    driver.get("about:blank")
    driver.get(dev.url)
    driver.execute_script("sessionStorage.clear()")
    driver.get("about:blank")
    driver.get(f"{dev.url}/#link={first}")
    eventually(lambda: "This link was used already." in driver.find_element(By.ID, "why").text, "it is told")
    driver.get("about:blank")
    driver.get(dev.page_url)
    pill_says(driver, "Real-time")


def test_a_second_tab_just_opens(dev, driver, dev_page):
    pill_says(dev_page, "Real-time")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        driver.get(dev.url)
        pill_says(driver, "Real-time")
        driver.get(f"{dev.url}/admin")
        eventually(lambda: driver.find_element(By.ID, "connection").text == "Live", "the admin page opens as well")
    finally:
        driver.close()
        driver.switch_to.window(first)
