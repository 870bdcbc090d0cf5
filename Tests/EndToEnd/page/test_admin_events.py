"""The admin page's list of events."""

import json
import subprocess

from harness import clean_environment
from waiting import eventually


def test_an_event_is_shown_and_its_command_works(team, live):
    live.turn_to("events")
    api = team.api("ann")
    api.create_task("Before it")
    task = api.create_task("It's <b>here</b>")
    seq = api.last_seq
    api.create_task("Behind it")
    eventually(lambda: "Behind it" in live.text("#event-list"), "the events are there")
    live.click("#pause")
    row = next(one for one in live.all("#event-list button") if "It's <b>here</b>" in one.text)
    assert "task.created" in row.text and "main" in row.text and "ann" in row.text
    row.click()
    event = json.loads(live.text("#event-json"))
    assert (event["seq"], event["task"]) == (seq, task)

    live.driver.execute_cdp_cmd("Browser.grantPermissions", {
        "origin": team.server.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    live.click("#copy-curl")
    live.says("#notices", "The command is copied.")
    command = live.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert command == live.text("#curl") and team.tenant not in command
    done = subprocess.run(
        ["sh", "-c", command], env=clean_environment({"BOARDCAST_TOKEN": team.token("eve")}), capture_output=True, timeout=60)
    assert json.loads(done.stdout)["events"] == [event], done.stderr


def test_it_pauses_and_filters(team, live):
    live.turn_to("events")
    api = team.api("ann")
    task = api.create_task("One")
    eventually(lambda: "One" in live.text("#event-list"), "the event is there")
    live.click("#pause")
    api.create_task("Two")
    api.patch_task(task["id"], {"name": "Three"})
    live.says("#pause", "Resume, 2 new")
    assert "Two" not in live.text("#event-list")
    live.click("#pause")
    eventually(lambda: "Two" in live.text("#event-list") and "Three" in live.text("#event-list"), "they are there again")

    live.write("#event-filter [name=types]", "task.up*")
    eventually(lambda: all("task.updated" in row for row in live.texts("#event-list li")), "only that type")
    assert "1 event" == live.text("#events-count")
    live.write("#event-filter [name=types]", "task.*")
    live.write("#event-filter [name=text]", "two")
    eventually(lambda: [row for row in live.texts("#event-list li") if "Two" not in row] == [], "only with that text")
    live.find("#event-filter [name=text]").clear()
    live.find("#event-filter [name=types]").clear()
    ok = api.post("/api/boards/main/typing", {"taskId": task["id"], "typing": True})
    assert ok.status_code == 204
    eventually(lambda: "typing" in live.text("#event-list"), "what is not logged is there, too")
    live.click("#event-filter [name=passing]")
    eventually(lambda: "typing" not in live.text("#event-list"), "unless it is not wanted")


def test_the_list_is_walked_by_keyboard(team, live):
    live.turn_to("events")
    for name in ("One", "Two", "Three"):
        team.api("ann").create_task(name)
    eventually(lambda: "Three" in live.text("#event-list"), "the events are there")
    live.click("#pause")
    live.run("document.querySelector('#event-list button').focus()")
    first = live.driver.switch_to.active_element.text
    live.driver.switch_to.active_element.send_keys("\ue015\ue007")  # down, enter
    assert live.driver.switch_to.active_element.text != first
    assert live.driver.switch_to.active_element.get_attribute("aria-pressed") == "true"
    assert live.find("#event-detail").is_displayed()
    live.click("#close-event")
    assert not live.find("#event-detail").is_displayed()
