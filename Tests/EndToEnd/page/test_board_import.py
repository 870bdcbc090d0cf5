"""The import dialog, against a job whose steps the test decides."""

import json
import zipfile

import pytest

from browser import BoardPage

#: Answers the import and its job's stream in the page itself; `window.tell(event, data)` is the job's next word.
STAND_IN = """
    const real = window.fetch, encoder = new TextEncoder();
    let stream;
    window.tell = (event, data) => {
        stream.enqueue(encoder.encode(`event: ${event}\\ndata: ${JSON.stringify(data)}\\n\\n`));
        if (event !== "progress") stream.close();
    };
    window.fetch = async (url, options) => {
        const { pathname, search } = new URL(url, location);
        if (pathname === "/api/import") {
            window.sent = { search, type: options.headers["Content-Type"], text: await options.body.text() };
            return Response.json({ job: { id: "7" } }, { status: 202 });
        }
        if (pathname !== "/api/jobs/7/stream") return real(url, options);
        const body = new ReadableStream({ start(controller) { stream = controller; window.isFollowed = true; } });
        return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    };
"""


@pytest.fixture
def importing(page, tmp_path):
    """The page, with an import under way that says what the test has it say."""
    file = tmp_path / "tasks.csv"
    file.write_text("name,status\nOne,inbox\n")
    page.run(STAND_IN)
    page.find("#import").click()
    page.find("#importer input").send_keys(str(file))
    page.find("#importer .primary").click()
    page.wait(lambda: page.run("return window.isFollowed"), "the job is followed")
    return page


def test_an_import_shows_how_far_it_is_and_what_became_of_it(importing):
    assert importing.run("return window.sent") == {
        "search": "?board=main", "type": "text/csv", "text": "name,status\nOne,inbox\n"}
    importing.run("window.tell('progress', {id: '7', status: 'processing', progress: 40, message: '4 of 10 rows'})")
    importing.says("#importer .progress", "4 of 10 rows")
    assert importing.run("return document.querySelector('#importer progress').value") == 40
    result = {"rows": 10, "created": 9, "bad": 1, "badRows": [{"row": 4, "reason": "<b>no</b> name"}],
              "archived": 2, "unknownStatuses": [{"status": "Someday", "tasks": 3}], "ignoredColumns": ["votes"]}
    importing.run(f"window.tell('completed', {{id: '7', status: 'completed', progress: 100, result: {json.dumps(result)}}})")
    importing.says("#importer .progress", "9 of 10 rows are tasks now.")
    for line in ("Row 4: <b>no</b> name", "No column “Someday” here: 3 tasks", "2 archived cards", "Passed over: votes"):
        importing.says("#importer .errors", line)
    importing.says("#importer [data-act=close]", "Close").click()
    importing.wait(lambda: not importing.find("#importer").is_displayed(), "the dialog is closed")


def test_an_import_that_fails_says_why(importing):
    importing.run("""window.tell('failed', {id: '7', status: 'failed', error: 'the board is gone',
        details: {rows: 10, created: 2, bad: 0}})""")
    importing.says("#importer .progress", "the board is gone")
    assert importing.find("#importer .primary").is_enabled(), "it can be tried again"


def test_a_file_becomes_cards_on_the_open_board(driver, server, team, tmp_path):
    file = tmp_path / "real.csv"
    rows = [f"Card {number},inbox" for number in range(1, 29)]
    file.write_text("name,status,votes\n" + "".join(f"{row},3\n" for row in [*rows, ",inbox", "Later,Someday"]))
    page = BoardPage(driver).open(server.url, team.token("ann"))
    page.find("#import").click()
    assert not page.find("#importer input[name=lists]").is_displayed(), "columns are an admin's"
    page.find("#importer input").send_keys(str(file))
    page.find("#importer .primary").click()
    page.says("#importer .progress", "29 of 30 rows are tasks now.")
    for line in ("Row 30:", "No column “Someday” here: 1 task", "Passed over: votes"):
        page.says("#importer .errors", line)
    page.says("#importer [data-act=close]", "Close").click()
    page.wait(lambda: len(page.all("#board .card")) == 29, "the cards are there")
    assert page.errors() == []


def test_an_admin_adds_the_lists_of_a_table_with_tabs_as_columns(driver, server, team, tmp_path):
    file = tmp_path / "project.tsv"
    file.write_text("Title\tStatus\tPriority\nOne\tIdeas\tasap\n")
    page = BoardPage(driver).open(server.url, team.token("root", role="admin"))
    page.find("#import").click()
    page.find("#importer input[type=file]").send_keys(str(file))
    page.find("#importer input[name=lists]").click()
    page.find("#importer .primary").click()
    page.says("#importer .progress", "1 of 1 rows are tasks now.")
    for line in ("Columns added: Ideas", "No priority “asap” here: 1 task is medium (row 2)"):
        page.says("#importer .errors", line)
    page.says("#importer [data-act=close]", "Close").click()
    page.wait(lambda: page.run("return document.querySelector('#board').textContent.includes('One')"), "the card is there")
    assert [task["status"] for task in team.api("ann").snapshot()["tasks"]] == ["ideas"]
    assert page.errors() == []


def test_a_file_in_another_encoding_and_a_workbook(driver, server, team, tmp_path):
    text, book = tmp_path / "tasks.csv", tmp_path / "tasks.xlsx"
    text.write_bytes("name,status\nŽluťoučký,Někde\n".encode("windows-1250"))
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    page = BoardPage(driver).open(server.url, team.token("ann"))
    page.find("#import").click()
    page.find("#importer input").send_keys(str(book))
    page.find("#importer .primary").click()
    page.says("#importer .progress", "Excel workbook: save it as “CSV UTF-8”")
    page.find("#importer input").send_keys(str(text))
    page.run("document.querySelector('#importer select[name=encoding]').value = 'windows-1250'")
    page.find("#importer .primary").click()
    page.says("#importer .progress", "1 of 1 rows are tasks now.")
    page.says("#importer .errors", "No column “Někde” here: 1 task is in the first (row 2)")
    page.says("#importer .errors", "read as Windows-1250")
    page.says("#importer [data-act=close]", "Close").click()
    page.says("#board .card", "Žluťoučký")
