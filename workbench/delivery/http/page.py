"""The description of the service for people: its OpenAPI document as one page of HTML, without a script.

FastAPI's own page loads Swagger UI from another server, so that page is off. `/openapi.json` is for programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark }
summary { cursor: pointer } code, pre { font-family: ui-monospace, monospace } pre { overflow-x: auto }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
"""


def page(document: Mapping[str, Any], limits: tuple[tuple[str, int, str, str], ...]) -> str:
    """The page of an OpenAPI document and of the limits."""
    title = escape(document["info"]["title"])
    rows = "".join(
        f"<tr><td><code>{name}</code><td>{number:,} {escape(unit)}<td>{escape(reason)}"
        for name, number, unit, reason in limits
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>"
        f"<p>{escape(document['info']['description'])}</p>"
        f'<p>For programs: <a href="/openapi.json">openapi.json</a>. Figures: <a href="/metrics">metrics</a>.</p>'
        f"<h2>Calls</h2>{''.join(_calls(document))}<h2>JSON</h2>{''.join(_schemas(document))}"
        f"<h2>Limits</h2><table><tr><th>name<th>number<th>why{rows}</table></main></html>"
    )


def _calls(document: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            words = escape(call.get("description", call.get("summary", "")))
            body = _name(call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}))
            statuses = ", ".join(sorted(call["responses"]))
            takes = f"<p>Takes <code>{escape(body)}</code>.</p>" if body else ""
            yield (
                f"<details><summary><code>{method.upper()} {escape(path)}</code></summary>"
                f"<p>{words}</p>{takes}<p>Answers {escape(statuses)}.</p></details>"
            )


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        fields = "\n".join(f"{field}: {_name(each)}" for field, each in schema.get("properties", {}).items())
        words = escape(schema.get("description", ""))
        head = f"<summary><code>{escape(name)}</code></summary>"
        yield f"<details>{head}<p>{words}</p><pre>{escape(fields)}</pre></details>"


def _name(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_name(each) for each in schema["anyOf"])
    if "items" in schema:
        return f"list of {_name(schema['items'])}"
    return str(schema.get("format", schema.get("type", "")))
