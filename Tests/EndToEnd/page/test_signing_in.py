"""Signing in at an OpenID provider: the code flow with PKCE, silent renewal, sign-out, and tokens that come to nothing."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.keys import Keys

from admin_page import AdminPage
from browser import BoardPage
from identity_provider import CLIENT, PASSWORD, IdentityProvider
from rest import Api, ok
from tokens import claims, sign
from waiting import eventually

BROWSERS = ("chromium", "firefox")


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    provider = IdentityProvider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def gateway(provider, start_for_module):
    return start_for_module(provider.settings)


@pytest.fixture
def tab(driver, gateway, provider):
    """A browser in which nobody is signed in anywhere."""
    provider.register(gateway.url)
    tab = BoardPage(driver)
    leave(tab, gateway)
    driver.get_log("browser")
    yield tab
    while len(driver.window_handles) > 1:
        driver.close()
        driver.switch_to.window(driver.window_handles[0])
    leave(tab, gateway)


def leave(tab, gateway):
    tab.driver.get(f"{gateway.url}/sdk/boardcast.d.ts")
    tab.driver.delete_all_cookies()  # the provider's: cookies don't look at the port
    tab.run("sessionStorage.clear(); localStorage.clear()")
    tab.driver.get("about:blank")


def boss(gateway):
    """An admin of acme, by a token that the gateway's secret has signed."""
    return Api(gateway.url, sign(claims("boss", address={"locality": "acme"}, groups=["boards-admin"])))


def press_sign_in(tab):
    tab.wait(lambda: tab.find("#provider button").is_displayed(), "there is a way to sign in")
    tab.find("#provider button").click()


def log_in(tab, provider, name):
    """At the provider, as a person does it."""
    tab.wait(lambda: tab.driver.current_url.startswith(provider.base) and tab.all("input[name=login]"), "the provider asks who")
    tab.find("input[name=login]").send_keys(name, Keys.ENTER)
    tab.wait(lambda: tab.all("input[name=password]"), "the provider asks for the password")
    tab.find("input[name=password]").send_keys(PASSWORD, Keys.ENTER)


def sign_in(tab, gateway, provider, name, address="/"):
    tab.driver.get(gateway.url + address)
    press_sign_in(tab)
    log_in(tab, provider, name)


def tokens_kept(tab):
    return tab.run("return [sessionStorage['boardcast.token'], JSON.parse(sessionStorage['boardcast.grant'] ?? 'null')?.refreshToken]")


def test_who_signs_in_is_back_where_they_were_and_live(tab, gateway, provider):
    sign_in(tab, gateway, provider, "ann", "/#board=main&view=list")
    tab.pill_says("Real-time")
    assert tab.driver.current_url == f"{gateway.url}/#board=main&view=list"
    task = boss(gateway).create_task("Made by the boss")
    tab.says("#list", "Made by the boss")
    assert boss(gateway).task(task["id"])
    tab.find("#account").click()
    tab.says("#person", "role: member")
    tab.driver.refresh()
    tab.pill_says("Real-time")
    assert tab.errors() == []


def test_what_is_asked_is_asked_by_the_book_and_tells_nothing(tab, gateway, provider):
    tab.driver.get(gateway.url)
    press_sign_in(tab)
    tab.wait(lambda: tab.driver.current_url.startswith(provider.base), "the provider is there")
    asked = next(parse_qs(urlsplit(line.split('"')[1].split()[1]).query) for line in reversed(provider.log_path.read_text().splitlines())
                 if "GET /oauth/authorize?" in line)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{gateway.url}/signed-in"] and asked["client_id"] == [CLIENT]
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == len(asked["code_challenge"][0]) == 43
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3
    assert asked["scope"] == ["openid profile email address groups"]
    log_in(tab, provider, "ann")
    tab.pill_says("Real-time")
    kept = tokens_kept(tab)
    assert all(kept)
    for secret in kept:
        for log in (provider.log_path.read_text(), gateway.log()):
            assert secret not in log
        urls = tab.run("return performance.getEntriesByType('resource').map(entry => entry.name).concat(location.href)")
        assert not any(secret in url for url in urls)
    assert tab.run("return localStorage.length === 0 || !JSON.stringify(localStorage).includes(arguments[0])", kept[0])


def test_only_pages_may_ask_the_provider_and_only_the_provider(gateway, provider):
    policy = ok(Api(gateway.url).get("/")).headers["content-security-policy"]
    assert f"connect-src 'self' {provider.base};" in policy and f"frame-src 'self' {provider.base};" in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-ancestors 'self'" in ok(Api(gateway.url).get("/signed-in")).headers["content-security-policy"]
    assert ok(Api(gateway.url).get("/api/sign-in")).json() == {
        "issuer": provider.base, "clientId": CLIENT, "scope": "openid profile email address groups"}


@pytest.mark.parametrize("refresh", [True, False], ids=["refresh token", "hidden frame"])
def test_a_token_is_renewed_while_the_stream_goes_on(tab, gateway, provider, refresh):
    provider.register(gateway.url, lifetime=14, refresh=refresh)
    sign_in(tab, gateway, provider, "ann")
    tab.pill_says("Real-time")
    first = tokens_kept(tab)[0]
    assert bool(tokens_kept(tab)[1]) == refresh
    [before] = boss(gateway).stats(userId="ann")["connections"]
    ends = json.loads(tab.run("return atob(arguments[0].split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))", first))["exp"]
    eventually(lambda: time.time() > ends + 1, "the first token has run out")
    task = boss(gateway).create_task("After that")["id"]
    tab.card(task)
    tab.pill_says("Real-time")
    assert tokens_kept(tab)[0] != first
    assert [one["id"] for one in boss(gateway).stats(userId="ann")["connections"]] == [before["id"]], "it is the same stream"
    tab.find('[data-status="inbox"] .add input').send_keys("Written by the new one", Keys.ENTER)
    tab.wait(lambda: "Written by the new one" in [one["name"] for one in boss(gateway).tasks()], "writes get through")
    assert not tab.find("#sign-in").is_displayed() and tab.text(".notice") == ""
    assert tab.errors() == []


def test_a_session_that_is_over_leads_back_to_where_one_was(tab, gateway, provider):
    task = boss(gateway).create_task("Open all the time")["id"]
    provider.register(gateway.url, lifetime=8)
    sign_in(tab, gateway, provider, "ann")
    tab.pill_says("Real-time")
    tab.open_task(task)
    tab.fill("#f-description", "half a sentence")
    provider.forget_tokens()
    tab.driver.delete_all_cookies()
    tab.says("#sign-in", "Sign in again")
    tab.says("#why", "Your session has ended.")
    boss(gateway).create_task("Made while Ann was out")
    provider.register(gateway.url)
    press_sign_in(tab)
    try:  # the page asks whether to leave what is not saved
        tab.driver.switch_to.alert.accept()
    except Exception:
        pass
    log_in(tab, provider, "ann")
    tab.pill_says("Real-time")
    tab.says(".card", "Made while Ann was out")
    tab.wait(lambda: tab.find("#sheet").is_displayed(), "the task is open again")
    assert tab.find("#f-description").get_attribute("value") == "half a sentence"


def test_signing_out_ends_the_session_at_the_provider_too(tab, gateway, provider):
    sign_in(tab, gateway, provider, "ann")
    tab.pill_says("Real-time")
    tab.find("#account").click()
    tab.says("#person button", "Sign out").click()
    tab.wait(lambda: tab.all("#logout"), "the provider asks whether it is meant")
    assert "token" not in tab.driver.current_url
    tab.find("#logout").click()
    tab.says("#sign-in", "Open a board")
    assert tokens_kept(tab) == [None, None]
    press_sign_in(tab)
    tab.wait(lambda: tab.all("input[name=login]") or tab.all("input[name=password]"), "the provider asks for the password again")


def test_a_second_tab_just_opens(tab, gateway, provider):
    sign_in(tab, gateway, provider, "ann")
    tab.pill_says("Real-time")
    tab.driver.switch_to.new_window("tab")
    tab.driver.get(gateway.url)
    tab.pill_says("Real-time")
    assert tokens_kept(tab)[1] is None, "the refresh token stays where it was"


def test_a_token_without_tenant_says_so_in_words(tab, gateway, provider):
    sign_in(tab, gateway, provider, "nora")
    tab.says("#sign-in", "You can't be let in")
    tab.says("#why", "knows you as nora@example.com, but not which team's boards are yours. Ask those who run Boardcast")
    tab.says("#because", "auth.tenantClaim")
    assert tab.text("#provider button") == "Sign in as somebody else"
    # The provider asks who it is to be, although nora has a session there.
    press_sign_in(tab)
    tab.wait(lambda: "nora" in tab.text("body") and tab.driver.current_url.startswith(provider.base), "the provider asks who")


def test_a_token_without_role_says_so_in_words(tab, gateway, provider):
    sign_in(tab, gateway, provider, "vic")
    tab.pill_says("Real-time")
    tab.says("#keys", "You can look, not change")
    tab.find("#account").click()
    tab.says("#person", "role: viewer")
    tab.says("#person .because", "no-boards")


def test_the_admin_page_signs_in_too_and_says_whom_it_is_for(tab, gateway, provider):
    page = AdminPage(tab.driver)
    page.open(gateway)
    press_sign_in(tab)
    log_in(tab, provider, "ann")
    page.says("#why", "This page is for admins. You are signed in as ann, a member here.")
    assert tab.driver.current_url == f"{gateway.url}/admin"
    tab.driver.delete_all_cookies()
    press_sign_in(tab)
    log_in(tab, provider, "root")
    eventually(lambda: page.text("#connection") == "Live", "the page is live")
    assert page.text("#who") == "root"


def test_who_is_refused_by_the_provider_or_forges_an_answer_is_told(tab, gateway, provider):
    tab.driver.get(f"{gateway.url}/signed-in?code=stolen&state=made-up")
    tab.says("#why", "This sign-in was not begun in this tab, or is answered already.")
    # One that was begun, with the answer to another.
    press_sign_in(tab)
    tab.wait(lambda: tab.driver.current_url.startswith(provider.base), "the provider is there")
    tab.driver.get(f"{gateway.url}/signed-in?code=stolen&state=made-up")
    tab.says("#why", "This sign-in was not begun in this tab. Begin it again.")
    assert tokens_kept(tab) == [None, None]


def test_a_provider_that_does_not_answer_is_named(tab, start_server, provider):
    """It gives pages of other origins than the registered one no answer."""
    stranger = start_server(provider.settings)
    tab.driver.get(stranger.url)
    press_sign_in(tab)
    tab.says("#why", f"{urlsplit(provider.base).netloc} gives this page no answer.")
    tab.says("#why", f"origin {stranger.url}")
