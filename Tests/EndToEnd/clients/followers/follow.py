"""A program that follows a board by the Python client, plain or, with `asyncio` as its argument, asynchronously, and prints
what it is told: one JSON object a line."""

import asyncio
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "Docs" / "clients"))
from boardcast import AsyncBoardcast, Boardcast, BoardcastError, Resync  # noqa: E402

URL, SINCE = os.environ["BOARDCAST_URL"], os.environ.get("SINCE") or None


def write(**line):
    print(json.dumps(line), flush=True)


def token():
    return Path(os.environ["TOKEN_FILE"]).read_text()


async def slow_token():
    await asyncio.sleep(0)
    return token()


def tell(event):
    if isinstance(event, Resync):
        write(resync=event.reason)
    elif event.seq is not None:
        write(event=event.type, seq=event.seq, name=(event.data.get("task") or {}).get("name"))


def state(name, reason):
    write(state=name, reason=reason)


async def follow():
    async for event in AsyncBoardcast(URL, slow_token).events(boards=["main"], since=SINCE, state=state):
        tell(event)


try:
    if sys.argv[1:] == ["asyncio"]:
        asyncio.run(follow())
    else:
        for event in Boardcast(URL, token).events(boards=["main"], since=SINCE, state=state):
            tell(event)
except BoardcastError as error:
    write(error=error.code)
    sys.exit(1)
