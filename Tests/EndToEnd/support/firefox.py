"""Firefox as a driver of Selenium's, without geckodriver: its commands go to Firefox's own server, Marionette.

WebDriver's commands and Marionette's are the same, but for their names and a few parameters; geckodriver translates them
too. What Chromium alone can do (`execute_cdp_cmd`) is not here.
"""

import json
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

from waiting import DEADLINE, eventually

PREFERENCES = {
    "marionette.port": 0, "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.reportingpolicy.firstRun": False,
    "browser.aboutwelcome.enabled": False, "app.update.disabledForTesting": True, "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1", "dom.disable_beforeunload": True,
    "browser.tabs.warnOnClose": False, "focusmanager.testmode": True, "dom.min_background_timeout_value": 4,
    "dom.timeout.enable_budget_timer_throttling": False, "security.sandbox.content.level": 0,
}

#: Selenium's name for a command: Marionette's.
COMMANDS = {
    "newSession": "WebDriver:NewSession", "quit": "Marionette:Quit", "get": "WebDriver:Navigate",
    "getCurrentUrl": "WebDriver:GetCurrentURL", "goBack": "WebDriver:Back", "goForward": "WebDriver:Forward",
    "refresh": "WebDriver:Refresh", "getTitle": "WebDriver:GetTitle", "close": "WebDriver:CloseWindow",
    "newWindow": "WebDriver:NewWindow", "switchToWindow": "WebDriver:SwitchToWindow",
    "switchToFrame": "WebDriver:SwitchToFrame", "switchToParentFrame": "WebDriver:SwitchToParentFrame",
    "w3cGetCurrentWindowHandle": "WebDriver:GetWindowHandle", "w3cGetWindowHandles": "WebDriver:GetWindowHandles",
    "setWindowRect": "WebDriver:SetWindowRect", "getWindowRect": "WebDriver:GetWindowRect",
    "findElement": "WebDriver:FindElement", "findElements": "WebDriver:FindElements",
    "findChildElement": "WebDriver:FindElement", "findChildElements": "WebDriver:FindElements",
    "clearElement": "WebDriver:ElementClear", "clickElement": "WebDriver:ElementClick",
    "sendKeysToElement": "WebDriver:ElementSendKeys", "getElementText": "WebDriver:GetElementText",
    "getElementTagName": "WebDriver:GetElementTagName",
    "getElementValueOfCssProperty": "WebDriver:GetElementCSSValue", "getElementRect": "WebDriver:GetElementRect",
    "getElementAttribute": "WebDriver:GetElementAttribute", "getElementProperty": "WebDriver:GetElementProperty", "isElementEnabled": "WebDriver:IsElementEnabled",
    "isElementSelected": "WebDriver:IsElementSelected", "w3cGetActiveElement": "WebDriver:GetActiveElement",
    "w3cExecuteScript": "WebDriver:ExecuteScript", "w3cExecuteScriptAsync": "WebDriver:ExecuteAsyncScript",
    "actions": "WebDriver:PerformActions", "clearActionState": "WebDriver:ReleaseActions",
    "screenshot": "WebDriver:TakeScreenshot", "setTimeouts": "WebDriver:SetTimeouts",
    "deleteAllCookies": "WebDriver:DeleteAllCookies", "w3cAcceptAlert": "WebDriver:AcceptAlert",
    "w3cDismissAlert": "WebDriver:DismissAlert", "w3cGetAlertText": "WebDriver:GetAlertText",
}

#: What scripts of pages complained about, and nothing of the browser's own.
COMPLAINTS = """
    const found = Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError
        && /^https?:/.test(one.sourceName) && !(one.flags & one.warningFlag)).map((one) => one.errorMessage);
    Services.console.reset();
    return found;
"""


class Marionette:
    """Executes Selenium's commands by Marionette's protocol: `[0, id, name, parameters]`, each with its length before."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self._stream = self._socket.makefile("rb")
        self._last = 0
        self._receive()  # it introduces itself

    def execute(self, command, parameters):
        if command == "newSession":
            parameters = {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "accept"}}}
        parameters = {**(parameters or {})}
        parameters.pop("sessionId", None)
        if command.startswith("findChild"):
            parameters["element"] = parameters.pop("id")
        if command == "screenshot":
            parameters["full"] = False
        if command == "quit":
            parameters["flags"] = ["eForceQuit"]
        error, result = self.ask(COMMANDS[command], parameters)
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        if isinstance(result, dict) and set(result) == {"value"}:
            result = result["value"]
        if command == "getCurrentUrl":
            result = result or ""  # between two pages there is none
        return {"status": 0, "value": result}

    def ask(self, name, parameters):
        self._last += 1
        message = json.dumps([0, self._last, name, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, number, error, result = self._receive()
        assert number == self._last, f"the answer is to another command than {name}"
        return error, result

    def close(self):
        self._stream.close()
        self._socket.close()

    def _receive(self):
        length = b""
        while not length.endswith(b":"):
            byte = self._stream.read(1)
            assert byte, "Firefox has ended"
            length += byte
        return json.loads(self._stream.read(int(length[:-1])))


class Firefox(WebDriver):
    """A Firefox of its own, without a window."""

    def __init__(self, size=(1400, 900), scheme="light", **preferences):
        self._folder = tempfile.TemporaryDirectory(prefix="firefox", ignore_cleanup_errors=True)
        profile = Path(self._folder.name) / "profile"
        profile.mkdir()
        wanted = {**PREFERENCES, "layout.css.prefers-color-scheme.content-override": {"dark": 0, "light": 1}[scheme],
                  **preferences}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
        (profile / "user.js").write_text("\n".join(lines))
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        command = [program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
                   f"--width={size[0]}", f"--height={size[1]}", "--profile", str(profile)]
        environment = {"HOME": self._folder.name, "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
        with open(Path(self._folder.name) / "log", "wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        place = profile / "MarionetteActivePort"
        eventually(lambda: place.exists() and place.read_text().strip(), "Firefox listens")
        self._marionette = Marionette(int(place.read_text()))
        super().__init__(command_executor=self._marionette, options=webdriver.FirefoxOptions())

    def get_log(self, kind):
        """What Chromium's driver has: entries with a level and a message, since it was last asked."""
        self._marionette.ask("Marionette:SetContext", {"value": "chrome"})
        error, result = self._marionette.ask("WebDriver:ExecuteScript", {"script": COMPLAINTS, "args": []})
        self._marionette.ask("Marionette:SetContext", {"value": "content"})
        assert not error, error
        return [{"level": "SEVERE", "message": message} for message in result["value"]]

    def quit(self):
        try:
            super().quit()
        finally:
            self._marionette.close()
            self._process.terminate()
            self._process.wait(DEADLINE)
            self._folder.cleanup()
