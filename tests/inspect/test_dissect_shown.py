"""A dissection as text, HTML and JSON."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import get_type_hints

import pytest

from tests.inspect.test_dissect import OFFICIAL, group_info, leaf, official
from workbench.inspect.dissect import dissect
from workbench.inspect.dissect_html import LONGEST_LIST
from workbench.inspect.dissect_text import WIDTH
from workbench.inspect.fields import DissectionJSON, FaultJSON, FieldJSON
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import ApplicationId
from workbench.mls.wire.messages import Sender
from workbench.mls.wire.tree import Extension, Lifetime, RatchetTreeExtension

__all__ = ["official"]  # a fixture that both files use

SENDER = """\
Sender, 5 bytes
The sender of a message. §6

offset length  bytes                 field: value
     0      1  01                    sender_type: member (1)
                                       · The kind of sender: a member, an external sender, or a
                                         client that joins. §6
     1      4  00000003              leaf_index: 3
                                       · The sender's leaf in the tree, counted from the left. §6"""

CUT = """\
Sender, 3 bytes
The sender of a message. §6

offset length  bytes                 field: value
     0      1  01                    sender_type: member (1)
                                       · The kind of sender: a member, an external sender, or a
                                         client that joins. §6
     1      0                        leaf_index: decoding stopped here
                                       · The sender's leaf in the tree, counted from the left. §6

Stopped at byte 1, in Sender.leaf_index:
  the bytes end too early: 4 wanted, 2 left (RFC 9420 §2.1)
  The bytes at this place: 0000 (2 to the end)"""


@pytest.mark.parametrize(("data", "page"), [(b"\1\0\0\0\3", SENDER), (b"\1\0\0", CUT)], ids=["whole", "cut"])
def test_the_page_shows_place_bytes_value_meaning_section_and_fault(data: bytes, page: str) -> None:
    assert str(dissect(data, Sender)) == page


def test_a_fault_at_the_end_says_that_the_bytes_end() -> None:
    assert dissect(b"\1", Sender).text().endswith("  The bytes end at this place.")


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("name", OFFICIAL)
def test_a_page_is_no_wider_than_it_says(name: str, full: bool, official: dict[str, bytes]) -> None:  # noqa: FBT001 - a parameter of the test; the fixture
    page = dissect(official[name], OFFICIAL[name]).text(full=full)
    assert max(map(len, page.splitlines())) <= WIDTH


def test_a_page_explains_a_field_once_and_the_full_page_every_time() -> None:
    dissection = dissect(encode(RatchetTreeExtension((None,) * 9)), "ratchet-tree")
    assert dissection.text().count("A filled node") == 1
    assert dissection.text(full=True).count("A filled node") == 9


def test_the_full_page_shows_all_bytes() -> None:
    data = encode(ApplicationId(bytes(range(200))))
    joined = "".join(dissect(data, "ApplicationId").text(full=True).split())
    assert data.hex() in joined
    assert data.hex() not in "".join(dissect(data, "ApplicationId").text().split())


def test_the_short_form_counts_fields_and_faults() -> None:
    assert repr(dissect(bytes(16), Lifetime)) == "<Dissection of Lifetime: 16 bytes, 3 fields, 0 faults>"
    assert repr(dissect(b"", Lifetime)) == "<Dissection of Lifetime: 0 bytes, 2 fields, 1 fault>"


# JSON.


def test_the_json_of_a_struct_is_what_the_documentation_says() -> None:
    assert dissect(b"\1\0\0", Sender).as_json() == {
        "format": "mls-workbench dissection",
        "version": 1,
        "length": 3,
        "root": {
            "name": "Sender",
            "type": "Sender",
            "offset": 0,
            "length": 1,
            "header": 0,
            "value": None,
            "text": "",
            "meaning": "The sender of a message.",
            "section": "§6",
            "complete": False,
            "passed_over": 0,
            "children": [
                {
                    "name": "sender_type",
                    "type": "SenderType",
                    "offset": 0,
                    "length": 1,
                    "header": 0,
                    "value": 1,
                    "text": "member (1)",
                    "meaning": "The kind of sender: a member, an external sender, or a client that joins.",
                    "section": "§6",
                    "complete": True,
                    "passed_over": 0,
                    "children": [],
                },
                {
                    "name": "leaf_index",
                    "type": "uint32",
                    "offset": 1,
                    "length": 0,
                    "header": 0,
                    "value": None,
                    "text": "",
                    "meaning": "The sender's leaf in the tree, counted from the left.",
                    "section": "§6",
                    "complete": False,
                    "passed_over": 0,
                    "children": [],
                },
            ],
        },
        "faults": [
            {
                "path": "Sender.leaf_index",
                "offset": 1,
                "section": "§2.1",
                "reason": "the bytes end too early: 4 wanted, 2 left",
            }
        ],
    }


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_json_survives_being_written_and_read(name: str, official: dict[str, bytes]) -> None:
    shape = dissect(official[name], OFFICIAL[name]).as_json()
    assert json.loads(json.dumps(shape)) == shape


def test_the_documentation_names_every_key_of_the_json(repository_docs: str) -> None:
    for shape in (DissectionJSON, FieldJSON, FaultJSON):
        for key in get_type_hints(shape):
            assert f"`{key}`" in repository_docs


# HTML.


class Balance(HTMLParser):
    """An HTML parser that notes which elements occur and which of them are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: set[str] = set()
        self.opened_details = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.opened_details += tag == "details" and ("open", None) in attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> Balance:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    return balance


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_html_is_nested_lists_that_open_without_script_or_address(name: str, official: dict[str, bytes]) -> None:
    page = dissect(official[name], OFFICIAL[name])._repr_html_()
    balance = parsed(page)
    assert set(balance.seen) == {"div", "style", "ul", "li", "details", "summary", "span", "strong", "p", "code"}
    assert balance.attributes == {"class", "open"}
    assert "url(" not in page
    assert "//" not in page


def test_what_comes_from_the_bytes_is_escaped() -> None:
    data = encode(leaf(b"<script>alert('mallory & co')</script>"))
    page = dissect(data, "LeafNode")._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#x27;mallory &amp; co&#x27;)&lt;/script&gt;" in page


def test_the_fields_that_lead_to_a_fault_are_open_and_the_fault_is_shown() -> None:
    data = encode(group_info(Extension(9, b"abc")))
    page = dissect(data[:80], "group-info")._repr_html_()
    assert parsed(page).opened_details == 2
    deep = dissect(data.replace(b"\0\x09\3abc", b"\0\x09\5abc"), "group-info")
    assert deep.faults[0].path == "GroupInfo.extensions[0].extension_data"
    assert parsed(deep._repr_html_()).opened_details == 4  # the whole, its context, the extensions, the first of them
    assert '<p class="mls-fault">Stopped at byte' in page


def test_a_long_list_is_cut_in_html_and_says_so() -> None:
    page = dissect(encode(RatchetTreeExtension((None,) * (LONGEST_LIST + 5))), "ratchet-tree")._repr_html_()
    assert page.count("mls-leaf") - page.count(".mls-leaf") == LONGEST_LIST
    assert "and 5 more" in page
