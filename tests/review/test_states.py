"""Foreign and own states: joined, shown without their secrets, and compared down to the commit where they part."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.cli import main
from workbench.client.durable import DeviceStorage
from workbench.delivery import DeliveryService
from workbench.delivery.access import DeviceAccess
from workbench.mls import (
    Add,
    MLSMessage,
    RatchetTreeExtension,
    cipher_suite,
    create_commit,
    encode,
    group_info,
    read_state,
    write_bundle,
    write_state,
)
from workbench.review.known_secrets import read_secrets


@dataclass
class Files:
    """A folder with files, and what the command prints about them."""

    folder: Path
    captured: pytest.CaptureFixture[str]

    def put(self, name: str, data: bytes | MLSMessage) -> str:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else encode(data))
        return str(path)

    def state(self, *arguments: str) -> tuple[int, str, str]:
        status = main(["state", *arguments])
        return (status, *self.captured.readouterr())


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Files:
    return Files(tmp_path, capsys)


def invitation(scenario: Scenario, **options: Any) -> tuple[bytes, MLSMessage, bytes]:
    """Dave's key package with its private keys, the Welcome to him, and the tree."""
    bundle = scenario.bundle("Dave")
    add = [Add(bundle.key_package)]
    made = create_commit(scenario.states["Alice"], add, entropy=next(scenario.entropy), now=NOW, **options)
    assert made.welcome is not None
    return write_bundle(bundle), made.welcome, encode(RatchetTreeExtension(made.next.tree.to_nodes()))


def test_a_client_joins_with_its_key_package(files: Files) -> None:
    bundle, welcome, _ = invitation(group_of("Alice", "Bob"))
    output = str(files.folder / "dave.state")
    arguments = ["--state", files.put("dave.bundle", bundle), "--output", output, files.put("welcome", welcome)]
    status, out, _ = files.state("join", *arguments)
    assert (status, "epoch 2, leaf 2" in out) == (0, True)
    assert read_state(Path(output).read_bytes()).own_leaf == 2


def test_the_tree_may_be_in_a_file_of_its_own(files: Files) -> None:
    bundle, welcome, tree = invitation(group_of("Alice", "Bob"), ratchet_tree=False)
    output = ["--output", str(files.folder / "dave.state"), "--state", files.put("dave.bundle", bundle)]
    assert files.state("join", *output, files.put("welcome", welcome))[0] == 1
    assert files.state("join", *output, files.put("welcome", welcome), files.put("tree", tree))[0] == 0


def test_a_state_is_shown_without_its_secrets_unless_they_are_asked_for(files: Files) -> None:
    state = group_of("Alice", "Bob").states["Bob"]
    path = files.put("bob.state", write_state(state))
    status, out, _ = files.state("show", path)
    assert (status, "leaf 1: Bob, signature key" in out, "node 1: parent, key" in out) == (0, True, True)
    secrets = [state.secrets.init_secret.hex(), *(key.hex() for key in state.private_keys.values())]
    assert not [secret for secret in secrets if secret in out]
    shown = files.state("show", "--secrets", "--json", path)[1]
    assert all(secret in shown for secret in secrets)
    assert json.loads(shown)["own_leaf"] == 1


def test_two_states_part_at_a_named_commit(files: Files) -> None:
    scenario = group_of("Alice", "Bob")
    start = files.put("info", group_info(scenario.states["Alice"]))
    left, right = (create_commit(scenario.states[each], entropy=bytes(32), now=NOW) for each in ("Alice", "Bob"))
    states = [files.put(f"{at}.state", write_state(each.next)) for at, each in enumerate((left, right))]
    status, out, _ = files.state("diff", *states)
    assert (status, "confirmed transcript hash" in out) == (1, True)
    log = [start, files.put("left", left.message), files.put("right", right.message)]
    out = files.state("diff", *states, *log)[1]
    assert f"They part at the commit of epoch 1: the first has processed the one in {log[1]}" in out
    assert f"the second the one in {log[2]}." in out
    assert files.state("diff", states[0], states[0]) == (0, "The states agree on the epoch.\n", "")


def test_a_state_that_is_behind_is_on_the_same_line(files: Files) -> None:
    scenario = group_of("Alice", "Bob")
    log = [files.put("info", group_info(scenario.states["Alice"]))]
    before = files.put("before", write_state(scenario.states["Alice"]))
    log.append(files.put("commit", scenario.commit("Bob").message))
    after = files.put("after", write_state(scenario.states["Alice"]))
    told = files.state("diff", "--json", before, after, *log)[1]
    assert json.loads(told)["parting"] == "They are on one line of history: the second is 1 commit ahead."
    assert "the place where they part is not known" in files.state("diff", before, after, log[1])[1]


def test_secrets_can_be_written_by_hand() -> None:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Dave")
    by_hand = {
        "format": "mls-workbench secrets",
        "key_packages": [
            {
                "key_package": encode(bundle.key_package).hex(),
                "init_private_key": bundle.init_private_key.hex(),
                "encryption_private_key": bundle.encryption_private_key.hex(),
            }
        ],
        "psks": [{"psk_id": "01", "psk": "02"}],
        "states": [write_state(scenario.states["Bob"]).hex()],
    }
    held = read_secrets(json.dumps(by_hand).encode())
    assert [each.key_package for each in held.bundles] == [bundle.key_package]
    assert (held.psks, held.states[0].own_leaf) == ({b"\1": b"\2"}, 1)
    assert bundle.init_private_key.hex() not in repr(held)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{}", "neither a state of `write_state`"),
        (b"MLSW and no more", "the bytes are of version"),
        (b'{"format": "mls-workbench secrets", "psks": [{}]}', "a field of the secrets is missing"),
        (b"\xff\xfe", "neither a state"),
    ],
)
def test_a_file_that_holds_no_secrets_is_refused_with_a_reason(content: bytes, reason: str, files: Files) -> None:
    status, out, err = files.state("show", files.put("file", content))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert reason in err


def test_an_epoch_secret_alone_opens_what_follows_from_it(files: Files) -> None:
    scenario = group_of("Alice", "Bob")
    before = scenario.states["Alice"]
    scenario.commit("Alice", adds=["Carol"], path=False)
    after, suite = scenario.states["Alice"], before.suite
    # A commit without a path mixes in zeros (RFC 9420 §8), so the epoch secret follows from the init secret before.
    zeros, context = bytes(suite.hash_length), encode(after.context)
    joined = suite.extract(before.secrets.init_secret, zeros)
    joiner_secret = suite.expand_with_label(joined, "joiner", context, suite.hash_length)
    epoch_secret = suite.expand_with_label(suite.extract(joiner_secret, zeros), "epoch", context, suite.hash_length)
    known = {"group_id": after.group_id.hex(), "epoch": after.epoch, "epoch_secret": epoch_secret.hex()}
    state = files.put("epoch.json", json.dumps({"format": "mls-workbench secrets", "epoch_secrets": [known]}).encode())
    log = [files.put("0", group_info(after)), files.put("1", scenario.send("Bob", b"in the epoch"))]
    log.append(files.put("2", scenario.commit("Alice", adds=["Dave"], path=False).message))
    log.append(files.put("3", scenario.send("Alice", b"in the next one")))
    log.append(files.put("4", scenario.commit("Bob").message))
    log.append(files.put("5", scenario.send("Bob", b"after an update")))
    assert main(["audit", "--json", "--state", state, *log]) == 0
    (exposed,) = json.loads(files.captured.readouterr().out)["exposure"]
    assert (exposed["leaks"], exposed["epochs"]) == (["the epoch secret of epoch 2"], [2, 3])
    assert [each["epoch"] for each in exposed["messages"]] == [2, 3]
    assert exposed["of_messages"] == 3


def test_a_leak_of_a_state_that_nobody_gave_is_said(files: Files) -> None:
    scenario = group_of("Alice", "Bob")
    log, state = (
        files.put("log", group_info(scenario.states["Alice"])),
        files.put("bob", write_state(scenario.states["Bob"])),
    )
    assert main(["audit", "--state", state, "--leak", "state@7", "--leak", "state", log]) == 0
    out, err = files.captured.readouterr()
    assert err == "workbench audit: the leak of state@7 opens nothing: --state gives no state of epoch 7\n"
    assert "enters epoch 1 of group “the group”" in out
    assert main(["audit", "--leak", "ratchets", log]) == 0
    assert "no state of a group in this material" in files.captured.readouterr().err
    with pytest.raises(SystemExit):
        main(["audit", "--leak", "state@x", log])
    assert "'x' is not an epoch: write state@5" in files.captured.readouterr().err


def test_the_messages_may_stand_in_a_folder_with_other_files(files: Files) -> None:
    scenario = group_of("Alice", "Bob")
    first = files.put("first", write_state(scenario.states["Alice"]))
    folder = files.folder / "log"
    folder.mkdir()
    (folder / "0").write_bytes(encode(group_info(scenario.states["Alice"])))
    (folder / "1").write_bytes(encode(scenario.commit("Bob").message))
    (folder / "readme").write_text("This is no message.")
    second = files.put("second", write_state(scenario.states["Alice"]))
    status, out, err = files.state("diff", first, second, str(folder))
    assert (status, err) == (1, "")
    assert "the second is 1 commit ahead" in out
    assert files.state("diff", first, second, str(folder / "readme"))[0] == 2


def test_a_file_that_cannot_be_written_is_named(files: Files) -> None:
    bundle, message, _ = invitation(group_of("Alice"))
    kept, welcome = files.put("bundle", bundle), files.put("welcome", message)
    status, _, err = files.state("join", "--state", kept, "--output", "/no/such/folder", welcome)
    assert (status, err) == (2, "workbench state: cannot write /no/such/folder: No such file or directory\n")
    _, _, err = files.state("show", kept)
    assert "there is no state in it: `workbench state join` makes one of its key package and a Welcome" in err


def test_the_folder_of_a_device_of_ours_is_read_with_its_passphrase_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, key = tmp_path / "alice", tmp_path / "passphrase"
    storage = DeviceStorage.create(home, "Alice", cipher_suite(1), "a passphrase")
    device = storage.device(DeviceAccess(DeliveryService(clock=lambda: NOW)), clock=lambda: NOW)
    device.create_group(b"tea")
    before = {each.name: each.read_bytes() for each in home.iterdir()}
    key.write_text("a passphrase\n")
    assert main(["state", "show", "--state-key", str(key), str(home)]) == 0
    assert "Group “tea”, epoch 0" in capsys.readouterr().out
    key.write_text("another")
    assert main(["state", "show", "--state-key", str(key), str(home)]) == 2
    assert f"cannot read {home}: " in capsys.readouterr().err
    assert {each.name: each.read_bytes() for each in home.iterdir()} == before
    storage.close()
    assert main(["state", "show", str(tmp_path)]) == 2
    assert f"cannot read {tmp_path}: " in capsys.readouterr().err
