"""A board rebuilt from events, to compare with what the server says."""

STATUSES = ["inbox", "in_progress", "review", "done"]


class BoardModel:
    """The tasks of one or more boards: a snapshot, then events on top of it."""

    def __init__(self, tasks=()):
        self.tasks = {task["id"]: task for task in tasks}

    def apply(self, event):
        kind = event["type"]
        if kind in ("task.created", "task.updated", "task.status_changed"):
            self.tasks[event["taskId"]] = event["task"]
        elif kind == "task.deleted":
            assert event["taskId"] in self.tasks, f"deleted, but never there: {event}"
            del self.tasks[event["taskId"]]
        elif kind == "board.deleted":
            self.tasks = {id: task for id, task in self.tasks.items() if task["boardId"] != event["boardId"]}

    def on(self, board_id):
        return {id: task for id, task in self.tasks.items() if task["boardId"] == board_id}


def names(items):
    """The names of tasks, or of the tasks that events are about, in their order; other events are passed over."""
    facts = [getattr(item, "data", item) for item in items]
    tasks = [fact if "name" in fact else fact.get("task") for fact in facts]
    return [task["name"] for task in tasks if task]


def by_id(tasks):
    """Tasks keyed by id, insisting that none is there twice."""
    keyed = {task["id"]: task for task in tasks}
    assert len(keyed) == len(tasks), "a task is listed twice"
    return keyed


def assert_dense(numbers, start):
    """`numbers` are start, start+1, start+2 … in this order."""
    expected = list(range(start, start + len(numbers)))
    if list(numbers) != expected:
        place = next(i for i, (got, want) in enumerate(zip(numbers, expected)) if got != want)
        around = list(numbers)[max(0, place - 3) : place + 4]
        raise AssertionError(f"expected {expected[place]} at place {place}: …{around}…")
