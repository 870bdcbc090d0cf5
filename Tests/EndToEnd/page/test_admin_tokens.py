"""The admin page's token debugger: which rule a token breaks, and what it opens."""

import json
import re
import time

import tokens
from harness import run_command
from tenant_files import acme, globex
from tenant_files import start as start_with_tenants
from waiting import eventually


def test_the_rule_that_a_token_breaks_is_named(team, live):
    soon = int(time.time()) + 3600
    another_key = tokens.hs256("another key that is long enough to be one")
    for token, rule, words in (
        (team.token(ttl=-3600), "expiry", "the token has expired (exp)"),
        (tokens.assemble({"alg": "HS256"}, tokens.claims("ann", team.tenant), another_key), "signature",
         "the signature does not match"),
        (tokens.assemble({"alg": "none"}, tokens.claims("ann", team.tenant)), "algorithm", "the token is not signed (alg)"),
        (tokens.mint("ann", "no tenant"), "tenant", "the tenant claim must be"),
        (team.token(nbf=soon), "beginning", "not valid yet (nbf)"),
        (team.token(boards="main"), "boards", "boards must be an array"),
        ("not a token", "shape", "not three parts"),
    ):
        said = live.ask(token)
        assert said.startswith("Refused: ") and words in said
        state, why = live.rule(rule)
        assert state == "broken" and words in why


def test_what_would_change_a_refusal_is_said_as_the_command_says_it(team, live):
    another_key = tokens.hs256("another key that is long enough to be one")
    for token, setting in (
        (tokens.assemble({"alg": "HS256"}, tokens.claims("ann", team.tenant), another_key), None),
        (tokens.assemble({"alg": "HS256", "kid": "elsewhere"}, tokens.claims("ann", team.tenant), another_key), None),
        (tokens.mint("ann", "no tenant"), "auth.tenantClaim"),
        (team.token(nbf=int(time.time()) + 3600), "auth.leewaySeconds"),
        (tokens.assemble({"alg": "RS256"}, tokens.claims("ann", team.tenant), another_key), "auth.algorithms"),
    ):
        said = live.ask(token)
        command = run_command("token", "verify", token, env={"BOARDCAST_AUTH_SECRET": tokens.SECRET})
        assert command.returncode == 3
        refused = command.stderr[command.stderr.index("refused: ") + len("refused: "):].strip()
        assert said == f"Refused: {refused}."
        assert (setting is None) == ("auth." not in said) and (setting or "") in said


def test_a_token_is_read_without_sending_it(team, live):
    live.turn_to("tokens")
    live.run("performance.clearResourceTimings()")
    token = team.token(ttl=-3600)
    live.find("#pasted").send_keys(token)
    eventually(lambda: live.rule("expiry") == ["broken", "expired"], "the page can tell by itself")
    assert live.rule("signature") == ["unknown", ""]
    assert json.loads(live.text("#token-claims"))["sub"] == "ann"
    urls = live.run("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [url for url in urls if "/sse/stats" not in url and "/healthz" not in url and "/api/revocations" not in url], urls
    live.click("#forget")
    assert not live.find("#decoded").is_displayed() and live.text("#token-claims") == ""


def test_a_token_of_another_tenant_opens_nothing_here(team, live):
    assert live.ask(tokens.mint("eve", "elsewhere")) == (
        f"Good, but of another tenant: elsewhere. It opens nothing of {team.tenant}.")
    state, why = live.rule("tenant")
    assert state == "other" and why.startswith(f"elsewhere, not {team.tenant}: the claim tenant names it")


def test_an_issuer_that_does_not_speak_for_the_tenant_is_named(start_server, tenants, admin_page):
    server = start_with_tenants(start_server, tenants)
    admin_page.open_live(server, acme("root", role="admin"))
    assert "Good, but of another tenant: globex" in admin_page.ask(globex())
    words = "the token's issuer does not speak for this tenant"
    assert words in admin_page.ask(tokens.sign(
        tokens.claims("eve", "globex", iss="https://acme.example"), "acme's own secret, of more than 32 bytes"))
    assert words in admin_page.rule("tenant")[1]


def test_which_boards_a_token_opens(team, live):
    team.admin().create_board("side")
    said = live.ask(team.token(boards=["side", "gone"]))
    assert said.startswith("Good: the gateway accepts it, as member, for the token has no claim role (auth.roleClaim)")
    eventually(lambda: live.texts("#matching li"), "the boards are listed")
    assert [re.sub(r"^\W ?", "", row) for row in live.texts("#matching li")] == [
        "main does not open", "side opens", "gone is named, but there is no such board"]
    assert live.rule("signature")[0] == "kept"


def test_the_role_is_what_the_gateway_makes_of_it(team, live):
    said = live.ask(team.token(role=["editor"]))
    assert said.startswith("Good: the gateway accepts it, as viewer, for the claim role says “editor”, of which auth.roles")
