"""Nothing of the app comes from another host, also in a session that a busy server makes without writing its page."""

from __future__ import annotations

from bokeh.document import Document
from bokeh.models import ImportedStyleSheet
from panel.io.state import set_curdoc

from widgets.app.inspect_page import inspect
from widgets.app.page import POLICY


def session() -> Document:
    """The document of a visit, before anything of it is written."""
    document = Document()
    with set_curdoc(document):
        inspect().server_doc(document)
    return document


def test_the_styles_of_a_session_without_a_written_page_come_from_the_app() -> None:
    models = [model for root in session().roots for model in root.references()]
    styles = [str(model.url) for model in models if isinstance(model, ImportedStyleSheet)]
    assert styles
    assert [url for url in styles if not url.startswith("static/extensions/panel/")] == []


def test_the_pages_forbid_the_browser_to_load_anything_from_another_host() -> None:
    template = session().template
    written = template.render(base=template.environment.from_string("{% block preamble %}{% endblock %}"))
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in written
    assert all(source.startswith(("'", "data:", "blob:", "ws:", "wss:")) for source in _sources())


def _sources() -> list[str]:
    return [source for rule in POLICY.split("; ") for source in rule.split(" ")[1:]]
