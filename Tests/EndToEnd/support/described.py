"""What streams send, held against the API's description: OpenAPI 3.2 has a schema for each event of a stream."""

import copy
import functools
import json
import re
import tempfile

import httpx
from openapi_schema_validator import OAS32Validator

from harness import Server

#: Of one stream, in bytes at its beginning and at its end.
MOST_CHECKED = 32_768


def _strict(schema):
    """A schema that also refuses the members of an object that it does not name, as no client may."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(value) for name, value in schema.items()}
    if schema.get("type") == "object" and schema.get("properties") and "additionalProperties" not in schema:
        strict["unevaluatedProperties"] = False
    return strict


class Streams:
    """The streams of a document, by their paths."""

    def __init__(self, document):
        document = _strict(copy.deepcopy(document))
        self._components = {"components": document["components"]}
        self._items = []
        for path, methods in document["paths"].items():
            content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            if items := content.get("text/event-stream", {}).get("itemSchema"):
                pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$")
                self._items.append((pattern, [self._item(one) for one in items["anyOf"]]))
        # The longest first: what is fixed in one path may be a parameter in another.
        self._items.sort(key=lambda entry: -len(entry[0].pattern))

    def _item(self, schema):
        fields = schema["properties"]
        data = OAS32Validator({**fields["data"]["contentSchema"], **self._components})
        return fields.get("event", {}).get("const"), "id" in schema["required"], data

    def errors(self, path, frame):
        """What is wrong with a frame that the stream at `path` has sent; nothing for a path that is not described."""
        items = next((items for pattern, items in self._items if pattern.search(path)), None)
        if items is None or frame.get("data") is None:
            return []
        name, value = frame.get("event"), json.loads(frame.get("data"))
        found = [f"no event of {path} is named {name!r}"]
        for event, has_id, data in items:
            if event == name and (frame.id is not None or not has_id):
                errors = [f"{error.json_path}: {error.message}" for error in data.iter_errors(value)]
                if not errors:
                    return []
                found += errors
        return [f"{frame.fields} is not as described: {found}"]


@functools.cache
def streams():
    """Those of the binary that is tested."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory).start()
        try:
            return Streams(httpx.get(f"{server.url}/openapi.json", params={"version": "3.2"}).json())
        finally:
            server.dispose()


def ends(raw):
    """The beginning of a stream, and whole frames at its end."""
    if len(raw) <= 2 * MOST_CHECKED:
        return [bytes(raw)]
    return [bytes(raw[:MOST_CHECKED]), bytes(raw[-MOST_CHECKED:]).partition(b"\n\n")[2]]
