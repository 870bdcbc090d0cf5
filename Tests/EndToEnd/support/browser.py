"""Chromium, and the board's page in it as its users have it: by what they see, press and drag."""

import shutil
from contextlib import contextmanager
from urllib.parse import urlencode

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from waiting import eventually


def chromium(size=(1400, 900), touch=False, scheme="light", arguments=()):
    options = webdriver.ChromeOptions()
    window = f"window-size={size[0]},{size[1]}"
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", window, *arguments):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    if touch:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    color_scheme(driver, scheme)
    return driver


#: What people may have set for their colours.
SCHEMES = ("light", "dark", "forced")


def color_scheme(driver, scheme):
    """`light`, `dark`, or `forced`: those that the system has chosen."""
    features = [{"name": "forced-colors", "value": "active" if scheme == "forced" else "none"},
                {"name": "prefers-color-scheme", "value": "light" if scheme == "forced" else scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


class Page:
    """A tab, and what is in it."""

    def __init__(self, driver):
        self.driver = driver

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, selector):
        """What is there to read, hidden or not; empty when there is no such element, or the page is just being left."""
        return self.run("return document.querySelector(arguments[0])?.textContent.trim() ?? ''", selector) or ""


class BoardPage(Page):
    """What is on the page, and what can be done there."""

    def open(self, url, token, until="Real-time", **address):
        """A visit of its own: nothing of one before is left, but what the browser keeps for the site."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(f"{url}/#{urlencode({'token': token, **address})}")
        if until:
            self.pill_says(until)
        return self

    def wait(self, condition, what):
        """Elements may be replaced while they are looked at."""

        def holds():
            try:
                return condition()
            except StaleElementReferenceException:
                return None

        return eventually(holds, what)

    def says(self, selector, text):
        """Waits until the text is there, and visible."""
        return self.wait(lambda: next((element for element in self.all(selector)
                                       if element.is_displayed() and text in element.text), None),
                         f"{selector} says {text!r}")

    def pill_says(self, text):
        self.wait(lambda: self.text("#connection").startswith(text), f"the pill says {text}")

    def column(self, status):
        """The ids of the tasks in a column, from top to bottom."""
        cards = self.run("return [...document.querySelectorAll(arguments[0])].map(card => card.dataset.taskId)",
                         f'[data-status="{status}"] [data-task-id]')
        return [int(card) if card.isdigit() else card for card in cards]

    def column_is(self, status, *ids):
        self.wait(lambda: self.column(status) == list(ids), f"{status} holds {ids}")

    def card(self, task_id):
        """Where it stays: what glides cannot be hit."""
        card = self.wait(lambda: next(iter(self.all(f'[data-task-id="{task_id}"]')), None), f"card {task_id} is there")
        self.still()
        return card

    def still(self):
        """Waits until no card is on its way to another place."""
        script = "return document.getAnimations().some(animation => animation.id === 'glide')"
        self.wait(lambda: not self.run(script), "the cards have come to rest")

    def button(self, task_id):
        """What has the focus of a card and opens it."""
        self.card(task_id)
        return self.find(f'[data-task-id="{task_id}"] .open')

    def open_task(self, task_id):
        self.button(task_id).click()
        self.wait(lambda: self.find("#sheet").is_displayed(), "the task's sheet is open")

    def fill(self, selector, text):
        """Types into a field, in place of what it holds."""
        self.run("arguments[0].select()", self.find(selector))
        self.find(selector).send_keys(text)

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def offline(self, is_offline):
        """As when the cable is pulled: for what is open already, too."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        conditions = {"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def errors(self):
        """What the browser complained about, less that an address could not be had."""
        severe = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [message for message in severe if "Failed to load resource" not in message and "net::ERR_" not in message]


@contextmanager
def visit(driver, url, token, **address):
    """A page that is open for as long as it is looked at, and about which the browser must have nothing to complain."""
    page = BoardPage(driver).open(url, token, **address)
    yield page
    assert page.errors() == []
    driver.get("about:blank")
