"""The command `workbench explain`: its input, its output and its exit status."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.cli import main
from workbench.lessons.material import material
from workbench.mls import (
    Add,
    ExternalPSK,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    create_commit,
    encode,
    group_info,
    process,
    write_bundle,
    write_state,
)


@dataclass
class Desk:
    """A folder with files, and what the command prints about them."""

    folder: Path
    captured: pytest.CaptureFixture[str]

    def put(self, name: str, data: bytes | MLSMessage) -> str:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else encode(data))
        return str(path)

    def explained(self, *arguments: str) -> tuple[int, str, str]:
        status = main(["explain", "--now", str(NOW), *arguments])
        return (status, *self.captured.readouterr())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def bobs(desk: Desk, scenario: Scenario) -> list[str]:
    return ["--state", desk.put("bob.state", write_state(scenario.states["Bob"]))]


def test_a_readable_message_exits_0(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    state = bobs(desk, scenario)
    message = scenario.send("Alice", b"hello")
    for name, data in (
        ("binary", encode(message)),
        ("hex", encode(message).hex().encode()),
        ("base64", base64.b64encode(encode(message))),
    ):
        status, out, err = desk.explained(*state, desk.put(name, data))
        assert (status, err) == (0, "")
        assert out.startswith("processable\n  The application message of Alice opens: 5 bytes of application data.\n")
        assert desk.explained(*state, f"--{name}", desk.put(name, data)) == (status, out, err)


def test_the_answer_no_is_exit_status_1_and_changes_no_file(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    message = scenario.send("Alice", b"hello")
    scenario.deliver(message, "Alice")
    state = bobs(desk, scenario)
    before = Path(state[1]).read_bytes()
    status, out, err = desk.explained(*state, desk.put("message", message))
    assert (status, err) == (1, "")
    assert out.startswith("key used (RFC 9420 §9.2)\n")
    assert "\n  Next: Drop it" in out
    assert Path(state[1]).read_bytes() == before


def test_bytes_come_from_standard_input_and_json_goes_to_standard_output(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = group_of("Alice", "Bob")
    state = bobs(desk, scenario)
    scenario.commit("Alice")
    sent = encode(scenario.send("Alice", b"hello")).hex()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sent.encode())))
    status, out, _ = desk.explained(*state, "--json")
    told = json.loads(out)
    assert (status, told["kind"], told["details"]["epoch"]) == (1, "future epoch", 2)


def test_text_that_is_not_a_message_is_explained_too(desk: Desk) -> None:
    status, out, _ = desk.explained(*bobs(desk, group_of("Alice", "Bob")), desk.put("text", b"cafe at noon?"))
    assert status == 1
    assert out.startswith("not MLS\n")


def test_a_welcome_is_tried_with_the_key_packages_and_keys_that_are_given(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    dave = scenario.bundle("Dave")
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"\x01"), bytes(32)))
    made = create_commit(
        scenario.states["Alice"],
        [Add(dave.key_package), psk],
        entropy=next(scenario.entropy),
        now=NOW,
        psks={b"\x01": b"\x02"},
        ratchet_tree=False,
    )
    tree = encode(RatchetTreeExtension(made.next.tree.to_nodes()))
    assert made.welcome is not None
    arguments = [*bobs(desk, scenario), desk.put("welcome", made.welcome)]
    keys = ["--key-package", desk.put("dave.bundle", write_bundle(dave))]
    assert desk.explained(*arguments)[1].startswith("welcome for others")
    assert desk.explained(*arguments, *keys)[1].startswith("missing PSK")
    assert "no ratchet tree" in " ".join(desk.explained(*arguments, *keys, "--psk", "01=02")[1].split())
    keys += ["--ratchet-tree", desk.put("tree", tree)]
    status, out, _ = desk.explained(*arguments, *keys, "--psk", "01=02")
    assert status == 0
    assert out.startswith("welcome (RFC 9420 §12.4.3.1)")


def test_the_other_side_tells_a_fork_from_damage(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = (
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW).next for name in ("Alice", "Bob")
    )
    message = create_commit(alice, entropy=next(scenario.entropy), now=NOW).message
    arguments = ["--state", desk.put("bob.state", write_state(bob)), desk.put("message", message)]
    assert desk.explained(*arguments)[1].startswith("fork or damaged")
    for evidence in (
        ["--authenticator", alice.secrets.epoch_authenticator.hex()],
        ["--transcript", alice.context.confirmed_transcript_hash.hex()],
        ["--group-info", desk.put("info", encode(group_info(alice)).hex().encode())],
    ):
        assert desk.explained(*arguments, *evidence)[1].startswith("fork (")


def test_a_state_of_another_implementation_and_several_files_are_explained(desk: Desk) -> None:
    state = desk.put("olaf.openmls", material("olaf.openmls"))
    log, text = desk.put("log.jsonl", material("conversation.jsonl")), desk.put("text", b"Good morning!")
    status, out, err = desk.explained("--state", state, log, text)
    assert (status, err) == (1, "")
    assert out.count(f"\n{log}: line") == 9
    assert f"\n{text}\n" in out
    _, out, _ = desk.explained("--state", state, "--json", str(desk.folder))
    assert out.count("\n") == 9, "the two other files of the folder hold no message"


def test_the_number_of_past_epochs_in_the_policy_can_be_given(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    late = scenario.send("Alice", b"late")
    scenario.commit("Alice")
    _, out, _ = desk.explained(*bobs(desk, scenario), "--past-epochs", "3", desk.put("late", late))
    assert out.startswith("epoch deleted")
    assert "keeps those of 3 past epochs" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--state", "{state}", "{missing}"], "cannot read {missing}: No such file or directory"),
        (["--state", "{missing}", "{message}"], "cannot read {missing}: No such file or directory"),
        (["--state", "{message}", "{message}"], "cannot read {message}: the file is neither a state"),
        (
            ["--state", "{bundle}", "{message}"],
            "cannot read {bundle}: there is no state in it: `workbench state join` makes one",
        ),
        (
            ["--state", "{state}", "--key-package", "{state}", "{message}"],
            "cannot read {state}: there is no key package with private keys in it",
        ),
        (["--state", "{state}", "--hex", "{message}"], "cannot read {message}: "),
        (["--state", "{state}", "--group-info", "{text}", "{message}"], "cannot read {text}: this is text"),
    ],
)
def test_unreadable_input_gives_a_sentence_and_exit_status_2(
    arguments: Sequence[str], complaint: str, desk: Desk
) -> None:
    scenario = group_of("Alice", "Bob")
    files = {
        "state": bobs(desk, scenario)[1],
        "message": desk.put("message", scenario.send("Alice", b"hello")),
        "bundle": desk.put("bundle", write_bundle(scenario.bundle("Dave"))),
        "text": desk.put("text", b"Good morning!"),
        "missing": str(desk.folder / "missing"),
    }
    status, out, err = desk.explained(*(each.format(**files) for each in arguments))
    assert (status, out) == (2, "")
    assert err.startswith(f"workbench explain: {complaint.format(**files)}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["message"], "--state"),
        (["--state", "state", "--authenticator", "xyz"], "is not a hexadecimal digit"),
        (["--state", "state", "--psk", "01"], "with = between them"),
        (["--state", "state", "--psk", "01=0"], "must be even"),
    ],
)
def test_wrong_arguments_are_refused_with_the_usage(arguments: list[str], complaint: str, desk: Desk) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["explain", *arguments])
    assert caught.value.code == 2
    assert complaint in desk.captured.readouterr().err


def test_the_time_is_the_present_unless_it_is_given(desk: Desk) -> None:
    scenario = group_of("Alice", "Bob")
    message = scenario.commit("Alice", adds=["Dave"]).message
    state = group_of("Alice", "Bob").states["Bob"]
    arguments = ["--state", desk.put("bob.state", write_state(state)), desk.put("message", message)]
    assert process(state, message, now=NOW)
    assert desk.explained(*arguments)[0] == 0
    assert main(["explain", *arguments]) == 1
    assert "our policy refuses that (LifetimePolicy.catch_up=2592000)" in " ".join(
        desk.captured.readouterr().out.split()
    )
