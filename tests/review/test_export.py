"""A finding as a passive client and as a test: what the audit has found is found again from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mls.group.scenario import NOW, group_of
from workbench.cli import main
from workbench.inspect.material import pieces_in
from workbench.mls import Add, create_commit, encode, join, write_bundle
from workbench.review.audit import audit
from workbench.review.known_secrets import read_secrets
from workbench.vectors.case import VectorCase
from workbench.vectors.joining import passive_client as run_as_vector


def material(folder: Path, *, damaged: bool) -> list[str]:
    """Files with Dave's key package and with his Welcome and three later messages, as arguments of the command."""
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Dave")
    made = create_commit(scenario.states["Alice"], [Add(bundle.key_package)], entropy=next(scenario.entropy), now=NOW)
    scenario.deliver(made.message, "Alice")
    assert made.welcome is not None
    scenario.states |= {"Alice": made.next, "Dave": join(made.welcome, bundle, now=NOW)}
    log = [encode(made.welcome), encode(scenario.propose_update("Bob")), encode(scenario.commit("Alice").message)]
    last = bytearray(encode(scenario.commit("Bob").message))
    last[-40] ^= damaged
    (folder / "dave.bundle").write_bytes(write_bundle(bundle))
    (folder / "log.txt").write_text("\n".join(each.hex() for each in (*log, bytes(last))))
    return ["--state", str(folder / "dave.bundle"), str(folder / "log.txt")]


@pytest.mark.parametrize("damaged", [False, True])
def test_an_exported_group_is_audited_alike(damaged: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - two cases
    arguments = material(tmp_path, damaged=damaged)
    assert main(["audit", "--json", "--export", str(tmp_path / "out"), *arguments]) == damaged
    before = json.loads(capsys.readouterr().out)
    raw = (tmp_path / "out" / "passive-client-0.json").read_bytes()
    done = audit(list(pieces_in(raw, "case")), read_secrets(raw))
    assert [each.rule for each in done.violations] == [
        each["rule"] for each in before["findings"] if (each["kind"], each["certainty"]) == ("RFC", "proven")
    ]
    assert bool(done.violations) == damaged
    # The test for the vendor says the same.
    names: dict[str, object] = {"__file__": str(tmp_path / "out" / "test_finding_0.py"), "__name__": "exported"}
    exec((tmp_path / "out" / "test_finding_0.py").read_text(), names)  # noqa: S102 - what was written a moment ago
    test = names["test_the_messages_of_the_group_break_no_rule"]
    assert callable(test)
    if damaged:
        with pytest.raises(AssertionError):
            test()
    else:
        test()
        run_as_vector(VectorCase(json.loads(raw)))


@pytest.mark.parametrize("option", ["--export", "--report"])
def test_a_place_that_cannot_be_written_is_named(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    place = str(tmp_path / "file" / "inside")
    assert main(["audit", option, place, *material(tmp_path, damaged=False)]) == 2
    assert f"workbench audit: cannot write {place}: Not a directory" in capsys.readouterr().err
