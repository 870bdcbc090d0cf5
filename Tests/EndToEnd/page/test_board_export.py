"""Saving a board as a file, by the page's own means."""

import csv
import json


def test_a_board_is_saved_as_a_table_or_whole(page, team, tmp_path):
    api = team.api()
    for name in ("One", "Zwei, 二"):
        api.create_task(name, labels=["a"])
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    for format, words in (("csv", "A table (CSV)"), ("json", "All of it (JSON)")):
        page.find("#export").click()
        page.says(f'#exports [data-format="{format}"]', words).click()
        file = tmp_path / f"main.{format}"
        page.wait(lambda: file.exists() and file.stat().st_size > 0, "the file is saved")
    with open(tmp_path / "main.csv", encoding="utf-8-sig", newline="") as table:
        assert [row["name"] for row in csv.DictReader(table)] == ["One", "Zwei, 二"]
    board = json.loads((tmp_path / "main.json").read_text("utf-8"))
    assert [task["name"] for task in board["tasks"]] == ["One", "Zwei, 二"]
