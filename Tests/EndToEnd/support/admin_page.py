"""The admin page in a real browser, as somebody uses it."""

from browser import Page
from waiting import eventually

#: Of what a person sees as text: its colour and the first opaque background behind it, as `[r, g, b]` each.
CONTRAST = """
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((one) => one / 255).map((one) => one <= .03928 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const { rgb, a } = parse(getComputedStyle(one).backgroundColor);
            if (a === 1) return rgb;
        }
        return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility()
        && !element.closest(':disabled') && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    return texts.map((element) => {
        const [one, other] = [luminance(parse(getComputedStyle(element).color).rgb), luminance(behind(element))];
        const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
        return [Math.round(ratio * 100) / 100, `${element.tagName} ${element.id || element.className}: ${element.textContent.slice(0, 40)}`];
    });
"""

#: What a person can act on, as the browser tells those who don't see it.
ACTIVE = {"button", "textbox", "searchbox", "combobox", "link", "checkbox", "radio", "slider", "menuitem"}


VIEWS = ["traffic", "events", "work", "tokens", "audit", "server"]


class AdminPage(Page):
    """One tab. Whatever it is asked for, it waits until it is there."""

    def open(self, server, token=None):
        self.driver.get("about:blank")
        self.driver.get(f"{server.url}/admin" + (f"#token={token}" if token else ""))
        return self

    def open_live(self, server, token):
        self.open(server, token)
        eventually(lambda: self.text("#connection") == "Live", "the page is live")
        eventually(lambda: self.rows(), "the connections are listed")
        return self

    def texts(self, selector):
        """Of those that are shown."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())"
            ".map((one) => one.textContent.trim())", selector)

    def says(self, selector, words):
        eventually(lambda: words in self.text(selector), f"{selector} says {words!r}")

    def click(self, selector):
        """Clicks the one that is shown."""
        def shown():
            return [element for element in self.all(selector) if element.is_displayed()]

        eventually(shown, f"{selector} is shown")[0].click()

    def press(self, label):
        """Clicks the button of this name, as it is told to those who don't see it."""
        self.click(f'button[aria-label="{label}"]')

    def write(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def turn_to(self, view):
        self.click(f'#views a[href="#{view}"]')

    def by(self, how):
        self.run("document.querySelector(`#roster-by [value=${arguments[0]}]`).click()", how)

    def rows(self):
        """The rows of the table of connections that is shown, cell by cell."""
        return self.run(
            "return [...document.querySelectorAll('#roster tbody tr')].filter((row) => row.checkVisibility())"
            ".map((row) => [...row.children].map((cell) => cell.innerText.trim()))")

    def users(self):
        """Of the connections that are listed, one by one."""
        return self.texts("#roster .user")

    def dialog(self):
        """What is asked, once something is."""
        eventually(lambda: self.run("return document.querySelector('#confirm').open"), "it asks first")
        return self.text("#confirm")

    def answer(self, yes):
        self.click("#confirm .danger" if yes else "#confirm button[type=button]")
        eventually(lambda: not self.run("return document.querySelector('#confirm').open"), "the question is gone")

    def rule(self, name):
        """The state of a rule of the token debugger, and why."""
        return self.run(
            "const row = document.querySelector(`[data-rule=${arguments[0]}]`);"
            "return [row.dataset.state, row.querySelector('.why').textContent]", name)

    def ask(self, token):
        """The verdict of the token debugger."""
        self.turn_to("tokens")
        self.run(
            "const field = document.querySelector('#pasted'); field.value = arguments[0];"
            "field.dispatchEvent(new Event('input', { bubbles: true }))", token)
        self.click("#debugger .primary")
        eventually(lambda: self.find("#verdict").get_attribute("data-state") not in ("", "asking", None), "there is a verdict")
        return self.text("#verdict")

    def severe(self):
        """What the browser complained about since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def width(self, pixels):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": pixels, "height": 844, "deviceScaleFactor": 1, "mobile": pixels < 600})

    def media(self, **features):
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def nameless(self):
        """What can be acted on and has no name."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        active = [node for node in nodes if not node.get("ignored") and node["role"]["value"] in ACTIVE]
        assert active
        return [node["role"] for node in active if not node.get("name", {}).get("value", "").strip()]

    def faint(self):
        """Texts that are hard to read (WCAG 2.2 §1.4.3)."""
        found = self.run(CONTRAST)
        assert len(found) > 10
        return [text for ratio, text in found if ratio < 4.5]

    def reset(self):
        if self.driver.capabilities["browserName"] == "chrome":
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.run("sessionStorage.clear()")
        self.driver.get("about:blank")
