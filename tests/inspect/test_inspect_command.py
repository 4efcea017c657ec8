"""`workbench inspect` as its users call it."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import main
from workbench.inspect.dissect import MOST_FIELDS
from workbench.inspect.encodings import from_any, from_base64, from_hex
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import MLSMessage, Welcome

WELCOME = Welcome(1, (), b"sealed" * 5)
MESSAGE = encode(MLSMessage(ProtocolVersion.mls10, WELCOME))


def written(folder: Path, content: bytes) -> str:
    path = folder / "message"
    path.write_bytes(content)
    return str(path)


WRITTEN = {
    "binary": MESSAGE,
    "hex": MESSAGE.hex().encode(),
    "hex in lines": b"\n".join(MESSAGE.hex(" ", 4).upper().encode().split()) + b"\n",
    "hex with 0x": b"0x" + MESSAGE.hex().encode(),
    "base64": base64.b64encode(MESSAGE),
    "base64 in lines": base64.encodebytes(MESSAGE),
    "base64 for addresses, unpadded": base64.urlsafe_b64encode(MESSAGE).rstrip(b"="),
}


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN)
def test_the_encoding_of_the_bytes_is_detected(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", written(tmp_path, content)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"MLSMessage, {len(MESSAGE)} bytes\n")
    assert "encrypted_group_info: sealed; 30 bytes" in out
    assert err == ""


@pytest.mark.parametrize("encoding", ["binary", "hex", "base64"])
def test_the_encoding_of_the_bytes_can_be_given(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", f"--{encoding}", written(tmp_path, WRITTEN[encoding])]) == 0
    assert "mls_welcome (3)" in capsys.readouterr().out


def test_bytes_come_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MESSAGE)))
    assert main(["inspect"]) == 0
    assert "mls_welcome (3)" in capsys.readouterr().out


def test_the_command_works_in_a_pipe() -> None:
    command = [sys.executable, "-m", "workbench.cli", "inspect", "-"]
    done = subprocess.run(command, input=MESSAGE.hex().encode(), capture_output=True, check=True)
    assert b"mls_welcome (3)" in done.stdout


@pytest.mark.parametrize("kind", ["welcome", "Welcome"])
def test_a_bare_object_is_read_as_the_named_struct(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "--as", kind, written(tmp_path, encode(WELCOME))]) == 0
    assert capsys.readouterr().out.startswith("Welcome, ")


def test_what_the_bytes_are_is_never_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", written(tmp_path, encode(WELCOME))]) == 1
    assert "If it is another struct, name it with --as" in capsys.readouterr().err
    assert main(["inspect", "--as", "welcome", written(tmp_path, MESSAGE)]) == 1
    assert capsys.readouterr().err == ""


def test_only_json_goes_to_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", written(tmp_path, MESSAGE[:-3])]) == 1
    out, err = capsys.readouterr()
    shown = json.loads(out)
    assert shown["length"] == len(MESSAGE) - 3
    assert shown["faults"][0]["path"] == "MLSMessage.welcome.encrypted_group_info"
    assert "The bytes start like an MLSMessage, but do not decode at byte 7" in err


def test_damaged_bytes_show_the_fields_before_the_fault_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", written(tmp_path, MESSAGE[:-3])]) == 1
    out = capsys.readouterr().out
    assert "wire_format: mls_welcome (3)" in out
    assert "Stopped at byte 7, in MLSMessage.welcome.encrypted_group_info:" in out


def test_full_shows_all_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--full", written(tmp_path, MESSAGE)]) == 0
    assert (b"sealed" * 5).hex() in "".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("options", "shown"), [([], MOST_FIELDS), (["--full"], MOST_FIELDS + 102)])
def test_all_of_many_fields_are_shown_on_request(
    options: list[str], shown: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = written(tmp_path, vector(bytes(MOST_FIELDS + 100) + b"\3"))
    assert main(["inspect", "--json", "--as", "ratchet-tree", *options, tree]) == 1
    out = capsys.readouterr().out
    assert out.count('"name"') in {shown, shown + 1}  # the fault is shown too
    assert json.loads(out)["faults"][0]["path"] == f"RatchetTreeExtension.ratchet_tree[{MOST_FIELDS + 100}]"


UNREADABLE = {
    "nothing": (b"", "it is empty"),
    "white space": (b" \n", "it is empty"),
    "a lost digit": (MESSAGE.hex().encode()[:-1], "the number of hexadecimal digits must be even, but there are 75"),
    "prose": (b"Hello, world!", "this is text that is neither hexadecimal nor base64"),
    "base64 that cannot be": (b"AAEAZ", "this is not valid base64: "),
}


@pytest.mark.parametrize(("content", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_exits_2_with_one_line(
    content: bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, content)
    assert main(["inspect", path]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"workbench inspect: cannot read {path}: {reason}")
    assert err.count("\n") == 1


def test_a_missing_file_or_an_empty_folder_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: No such file or directory" in capsys.readouterr().err
    assert main(["inspect", str(tmp_path)]) == 2
    assert "the folder holds no file" in capsys.readouterr().err


def test_an_unknown_kind_exits_2_and_names_the_known_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["inspect", "--as", "keypackage"])
    assert stopped.value.code == 2
    assert (
        "keypackage is not a struct of RFC 9420, nor one of message, key-package, group-info" in capsys.readouterr().err
    )


def test_hexadecimal_names_the_stray_character() -> None:
    with pytest.raises(ValueError, match="'g' is not a hexadecimal digit"):
        from_hex(b"00 0g")


def test_text_that_could_be_both_encodings_is_hexadecimal() -> None:
    assert from_any(b"deadbeef") == from_hex(b"deadbeef") != from_base64(b"deadbeef")
