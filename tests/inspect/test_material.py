"""Material in every form in which reviewers get it: the same messages come out of each."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from tests.mls.group.scenario import group_of
from workbench.cli import main
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import pieces_in
from workbench.mls import MLSMessage, RatchetTreeExtension, encode, group_info
from workbench.mls.wire.code_points import ProtocolVersion

SCENARIO = group_of("Alice", "Bob")
STATE = SCENARIO.states["Alice"]
FIRST = encode(SCENARIO.send("Alice", b"hello"))
SECOND = encode(SCENARIO.commit("Bob").message)
KEY_PACKAGE = SCENARIO.bundle("Carol").key_package


def carved(raw: bytes, *, field: str = "", encoding: str = "") -> list[CarvedObject]:
    return list(carve(pieces_in(raw, "file", field=field, encoding=encoding)))


def dumped(data: bytes) -> bytes:
    """As `xxd` prints bytes."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        lines.append(f"{at:08x}: {row.hex(' ', 2):39}  {letters}")
    return "\n".join(lines).encode()


def dumped_canonically(data: bytes) -> bytes:
    """As `hexdump -C` prints bytes."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        lines.append(f"{at:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{'.' * len(row)}|")
    return "\n".join([*lines, f"{len(data):08x}"]).encode()


def har(data: bytes) -> bytes:
    body = {"mimeType": "message/mls", "encoding": "base64", "text": base64.b64encode(data).decode()}
    return json.dumps({"log": {"version": "1.2", "entries": [{"response": {"content": body}}]}}, indent=1).encode()


def database(*values: bytes | str) -> bytes:
    store = sqlite3.connect(":memory:")
    store.execute('CREATE TABLE "the messages" (name TEXT, content BLOB)')
    store.executemany('INSERT INTO "the messages" VALUES (?, ?)', [("a name", value) for value in values])
    store.commit()
    return store.serialize()


def array(data: bytes) -> str:
    return ", ".join(str(byte) for byte in data)


WRITTEN = {
    "binary": FIRST,
    "hex": FIRST.hex().encode(),
    "hex in upper case": FIRST.hex().upper().encode(),
    "spaced hex": FIRST.hex(" ").encode(),
    "hex with colons": FIRST.hex(":").encode(),
    "hex with 0x": b"0x" + FIRST.hex().encode(),
    "bytes with 0x": ", ".join(f"0x{byte:02x}" for byte in FIRST).encode(),
    "hex in lines": FIRST.hex("\n", 32).encode(),
    "xxd": dumped(FIRST),
    "hexdump -C": dumped_canonically(FIRST),
    "base64": base64.b64encode(FIRST),
    "base64 in lines": base64.encodebytes(FIRST),
    "base64url without padding": base64.urlsafe_b64encode(FIRST).rstrip(b"="),
    "a string of JSON": json.dumps(FIRST.hex()).encode(),
    "JSON": json.dumps({"a": [1, {"message": base64.b64encode(FIRST).decode()}]}).encode(),
    "an array of JSON": json.dumps([*FIRST]).encode(),
    "an array in JSON": json.dumps({"bytes": [*FIRST]}).encode(),
    "JSON in JSON": json.dumps({"body": json.dumps({"message": FIRST.hex()})}).encode(),
    "HAR": har(FIRST),
    "a literal of Python": repr(FIRST).encode(),
    "an assignment in Python": b"message = " + repr(FIRST).encode(),
    "a literal of Rust": b'let message = b"' + "".join(f"\\x{byte:02X}" for byte in FIRST).encode() + b'";',
    "an array of Rust": f"let message: Vec<u8> = vec![{array(FIRST)}];".encode(),
    "a line of a log": b'2026-11-29T18:00:00Z DEBUG sent "' + FIRST.hex().encode() + b'" to room 7',
    "a database": database("only text", FIRST),
    "text in a database": database(FIRST.hex()),
    "text of Windows": FIRST.hex().encode("utf-16"),
    "JSON of Windows": json.dumps({"message": FIRST.hex()}).encode("utf-16"),
    "PEM": b"-----BEGIN MESSAGE-----\n" + base64.encodebytes(FIRST) + b"-----END MESSAGE-----\n",
    "inside other bytes": b"\xff\xfe\x00\x00\x01" + FIRST + b"\0\0",
}


@pytest.mark.parametrize("raw", WRITTEN.values(), ids=WRITTEN)
def test_a_message_is_found_however_it_is_written(raw: bytes) -> None:
    assert [each.data for each in carved(raw)] == [FIRST]


BOTH = {
    "one behind the other": FIRST + SECOND,
    "one a line": FIRST.hex().encode() + b"\n" + SECOND.hex().encode() + b"\n",
    "two encodings": base64.b64encode(FIRST) + b"\n\n" + SECOND.hex(" ").encode(),
    "JSON lines": b"\n".join(json.dumps({"at": 1, "m": each.hex()}).encode() for each in (FIRST, SECOND)),
    "HAR with both in a body": har(FIRST + SECOND),
    "HAR with lengths between": har(b"\0\0\1\0" + FIRST + b"\0\0\1\0" + SECOND),
    "HAR with JSON in a body": har(json.dumps({"messages": [FIRST.hex(), SECOND.hex()]}).encode()),
    "a database": database(FIRST, SECOND),
    "a source of Python": b"MESSAGES = [\n    " + repr(FIRST).encode() + b",\n    " + repr(SECOND).encode() + b",\n]",
    "parts of a mail": b"--x\n\n" + base64.encodebytes(FIRST) + b"\n--x\n\n" + base64.encodebytes(SECOND) + b"--x--",
    "wrapped hex under headings": "\n".join(
        ["one", FIRST.hex("\n", -32), "two", SECOND.hex("\n", -32), "three"]
    ).encode(),
    "two dumps": dumped(FIRST) + b"\n" + dumped(SECOND),
    "dumps under headings": b"the first:\n" + dumped_canonically(FIRST) + b"\nthe second:\n" + dumped(SECOND),
    "blocks of YAML": b"".join(
        b"- |\n    " + base64.encodebytes(each).replace(b"\n", b"\n    ") + b"\n" for each in (FIRST, SECOND)
    ),
    "a log": b"12:00 sent " + FIRST.hex().encode() + b"\nno bytes in this line\n12:01 got " + base64.b64encode(SECOND),
}


@pytest.mark.parametrize("raw", BOTH.values(), ids=BOTH)
def test_several_messages_are_found_in_their_order(raw: bytes) -> None:
    assert [each.data for each in carved(raw)] == [FIRST, SECOND]


def test_an_object_is_named_with_place_type_group_and_epoch() -> None:
    raw = json.dumps(
        {"sent": [{"id": 1}, {"id": 2, "commit": SECOND.hex()}], "key": encode(KEY_PACKAGE).hex()}
    ).encode()
    commit, key_package = carved(raw)
    assert (commit.where, commit.kind, commit.group_id) == ("file: sent[1].commit", "commit", STATE.group_id)
    assert commit.epoch == STATE.epoch
    assert commit.piece.offset is not None
    assert raw[commit.piece.offset :].startswith(SECOND.hex().encode())
    assert (key_package.kind, key_package.cipher_suite, key_package.epoch) == ("bare KeyPackage", 1, None)


def test_bare_structs_and_trees_are_recognised_by_all_their_bytes() -> None:
    info = group_info(STATE).message
    tree = RatchetTreeExtension(STATE.tree.to_nodes())
    objects = {
        "bare KeyPackage": KEY_PACKAGE,
        "bare GroupInfo": info,
        "bare GroupContext": STATE.context,
        "ratchet tree": tree,
        "KeyPackage": MLSMessage(ProtocolVersion.mls10, KEY_PACKAGE),
    }
    assert [each.kind for value in objects.values() for each in carved(encode(value).hex().encode())] == [*objects]


def test_a_damaged_message_is_named_with_the_place_of_the_fault() -> None:
    (found,) = carved(SECOND[:-3])
    assert found.kind == "damaged"
    assert found.problem is not None
    assert found.problem.path[-1] == "membership_tag"


def test_only_the_named_field_is_read() -> None:
    raw = json.dumps([{"a": FIRST.hex(), "b": SECOND.hex()}]).encode()
    assert [each.data for each in carved(raw, field="b")] == [SECOND]
    assert [each.data for each in carved(database(FIRST), field="content")] == [FIRST]
    assert carved(database(FIRST), field="name") == []


def test_what_holds_no_bytes_of_mls_is_said_to_hold_none() -> None:
    for raw, reason in (
        (b'{"a": "deadbeefdeadbeef", "b": [1, 2]}', "JSON that holds no MLS bytes"),
        (b"no bytes here at all", "neither hexadecimal nor base64"),
        (b"SQLite format 3\0 and no more", "database cannot be read"),
    ):
        with pytest.raises(ValueError, match=reason):
            carved(raw)


@pytest.mark.parametrize("depth", [100, 800, 900, 950, 100_000])
def test_json_that_is_nested_deep_is_read_or_refused(depth: int) -> None:
    raw = b"[" * depth + json.dumps(FIRST.hex()).encode() + b"]" * depth
    try:
        assert [each.data for each in carved(raw)] == [FIRST]
    except ValueError as problem:
        assert str(problem) == "this JSON is nested too deep"  # noqa: PT017 - it depends on the caller's depth


def test_a_dump_with_a_line_missing_is_refused() -> None:
    lines = dumped(FIRST).split(b"\n")
    with pytest.raises(ValueError, match="a line of the dump begins at byte 0x20, but 0x10 bytes stand before it"):
        carved(b"\n".join([lines[0], *lines[2:]]), encoding="dump")


def test_the_command_lists_objects_and_prints_one_object_of_json_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.bin").write_bytes(FIRST + SECOND)
    (tmp_path / "b.txt").write_bytes(b"nothing to see")
    (tmp_path / "c.jsonl").write_bytes(BOTH["JSON lines"])
    assert main(["carve", str(tmp_path / "a.bin"), str(tmp_path / "c.jsonl")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2].partition(",")[0] for line in lines][:1] == ["private application"]
    assert "a.bin, byte" in lines[1]
    assert main(["carve", "--json", str(tmp_path)]) == 0  # other files in a folder are no fault
    out, err = capsys.readouterr()
    assert [json.loads(line)["bytes"] for line in out.splitlines()] == 2 * [FIRST.hex(), SECOND.hex()]
    assert err == ""
    assert main(["carve", str(tmp_path / "b.txt")]) == 2
    assert "b.txt: this is text that is neither hexadecimal nor base64" in capsys.readouterr().err


def test_a_file_of_a_folder_that_cannot_be_read_is_named_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").symlink_to("/proc/self/mem")  # to read its first byte is an error
    (tmp_path / "b").write_bytes(FIRST)
    assert main(["carve", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out.startswith(f"{tmp_path / 'b'}")
    assert err == f"workbench carve: cannot read {tmp_path / 'a'}: Input/output error\n"


def test_nothing_found_exits_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes([0xFF] * 40))))
    assert main(["carve"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("workbench carve: no MLS object was found: The bytes start with ffffffff, which is not the")


@pytest.mark.parametrize("command", ["carve", "validate", "audit"])
def test_what_is_wrong_with_bytes_that_hold_no_object_is_said(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(b"\0\1\0\x63" + bytes(50))
    (tmp_path / "b").write_text('{"message": "AAEA')
    assert main([command, str(tmp_path / "a")]) == 1
    assert "with the wire format 0x0063, which RFC 9420 does not define." in capsys.readouterr().err
    assert main([command, str(tmp_path / "b")]) == 2
    assert "b: this begins like JSON, and is not valid: Unterminated string" in capsys.readouterr().err


def test_inspect_shows_each_of_several_objects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps({"m": each.hex()}) for each in (FIRST, encode(KEY_PACKAGE), SECOND)))
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.count("MLSMessage, ") == 2
    assert f"{path}: line 2, m (bare KeyPackage)\nKeyPackage, " in out
    assert main(["inspect", "--json", str(path)]) == 0
    assert [json.loads(line)["root"]["type"] for line in capsys.readouterr().out.splitlines()] == [
        "MLSMessage",
        "KeyPackage",
        "MLSMessage",
    ]


def test_each_of_several_files_with_one_object_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(FIRST)
    assert main(["inspect", *map(str, paths)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{paths[0]}\nMLSMessage, ")
    assert f"\n\n{paths[1]}\nMLSMessage, " in out


def test_a_thousand_messages_take_seconds() -> None:
    raw = b"\n".join(json.dumps({"m": SECOND.hex(), "text": "no bytes " * 10}).encode() for _ in range(1000))
    began = time.process_time()
    assert len(carved(raw)) == 1000
    assert time.process_time() - began < 5
