"""Work in progress is seen by everybody on the board: in a strip, and in words in the activity."""


def test_a_job_is_shown_with_its_progress_until_it_ends(page, team):
    worker = team.api("worker")
    job = worker.create_job("Nightly import", boardId="main")["id"]
    page.says("#jobs li", "Nightly import")
    page.says("#jobs .percent", "waits to begin")
    worker.report_job(job, progress=50, message="step 50")
    page.says("#jobs .percent", "50 %")
    page.says("#jobs .message", "step 50")
    assert page.find("#jobs progress").get_attribute("value") == "50"
    page.driver.refresh()
    page.pill_says("Real-time")
    page.says("#jobs .percent", "50 %")
    assert not page.find("#jobs button").is_displayed(), "it is another's"
    worker.report_job(job, status="failed", error="no disk")
    page.says("#jobs .percent", "failed")
    page.says("#jobs .message", "no disk")
    page.says("#jobs button", "Dismiss").click()
    page.wait(lambda: not page.find("#jobs").is_displayed(), "it is dismissed")


def test_one_s_own_job_can_be_cancelled(page, team):
    job = team.api("ann").create_job("A mistake", boardId="main")["id"]
    page.says("#jobs button", "Cancel").click()
    page.says("#jobs .percent", "cancelled")
    assert team.api().job(job)["status"] == "cancelled"
    page.wait(lambda: not page.find("#jobs").is_displayed(), "it goes by itself")


def test_many_jobs_take_little_room(page, team):
    worker = team.api("worker")
    jobs = [worker.create_job(f"Number {n}", boardId="main")["id"] for n in range(6)]
    page.says("#jobs .rest", "and 2 more")
    assert len([one for one in page.all("#jobs li") if one.is_displayed()]) == 4
    for job in jobs:
        worker.report_job(job, status="completed")
    page.wait(lambda: not page.find("#jobs").is_displayed(), "they go by themselves")


def test_the_activity_says_what_a_job_did(page, team):
    page.find('[data-view="activity"]').click()
    worker = team.api("worker")
    job = worker.create_job("Nightly import", boardId="main")["id"]
    for percent in (10, 40, 80):
        worker.report_job(job, progress=percent, message=f"step {percent}")
        page.says("#activity li", f"“Nightly import” · {percent} % · step {percent}")
    worker.report_job(job, status="completed")
    page.says("#activity li", "finished")
    words = [row.text.split("\n")[-2:] for row in page.all("#activity li")]
    assert words == [["finished", "“Nightly import”"], ["is at work", "“Nightly import” · 80 % · step 80"],
                     ["started", "“Nightly import”"]], "of its progress, the newest alone"


def test_the_activity_shows_what_was_changed_in_a_long_text(page, team):
    api = team.api("ben")
    before = " ".join(f"word{n}" for n in range(60))
    task = api.create_task("Long", description=before)["id"]
    api.patch_task(task, {"description": before.replace("word50", "another")})
    page.find('[data-view="activity"]').click()
    page.says("#activity li ins", "another")
    assert page.text("#activity li del") == "word50"
    assert "word49" in page.text("#activity .what") and "word20" not in page.text("#activity .what")
