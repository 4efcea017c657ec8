"""`workbench fuzz --cost` tries every list, and prints what it has measured. No test depends on the seconds."""

from __future__ import annotations

import json

import pytest

from workbench.cli import main
from workbench.commands.work import fuzz
from workbench.fuzz.cost import LIMIT, CostRow, all_inputs, costs, costs_as_json, costs_to_table
from workbench.fuzz.cost.inputs import ENTRY_POINTS, CostlyInput, entry_point_of, list_inputs, long_lists
from workbench.fuzz.cost.lists import ListName, every_list, item_of, list_of
from workbench.fuzz.cost.measure import measured_cost
from workbench.fuzz.cost.special import special_inputs
from workbench.fuzz.parts import take_apart
from workbench.fuzz.subjects import subjects
from workbench.mls import Malformed, MLSError, decode
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import GroupSecrets
from workbench.mls.wire.proposals import GroupContextExtensions
from workbench.mls.wire.shapes import Struct
from workbench.mls.wire.tree import RatchetTreeExtension

pytestmark = pytest.mark.slow

SMALL = 3000


def test_every_list_that_the_structs_of_the_wire_have_is_filled() -> None:
    filled = frozenset(name for costly in all_inputs() for name in costly.lists)
    assert filled == every_list()


def test_lists_are_found_by_the_annotations_wherever_they_are() -> None:
    expected = {
        ("MLSMessage", "message"): False,
        ("Capabilities", "extensions"): True,
        ("X509Credential", "certificates"): True,
        ("UpdatePathNode", "encrypted_path_secret"): True,
        ("RatchetTreeExtension", "ratchet_tree"): True,
        ("StoredPendingCommit", "added"): True,
        ("KeyPackageTBS", "extensions"): False,
    }
    assert {name: ListName(*name) in every_list() for name in expected} == expected


def test_every_message_of_the_fuzzer_has_its_entry_point() -> None:
    assert {entry_point_of(subject) for subject in subjects(1)} == {name for _, name in ENTRY_POINTS}


@pytest.mark.parametrize("subject", subjects(1), ids=lambda subject: subject.name)
def test_a_list_that_is_filled_still_decodes_and_has_as_many_items_as_fit(subject: object) -> None:
    for layer in subject.layers:  # type: ignore[attr-defined] # pytest gives it as an object
        for each in long_lists(layer):
            try:
                made = each.make(SMALL)
            except MLSError:  # what its sender has to decode itself, it cannot make
                continue
            assert len(made) <= max(SMALL + 16, len(layer.rebuilt(layer.data)))
            if layer is subject.layers[0]:  # type: ignore[attr-defined] # as above
                decode(layer.cls, made, custom=frozenset({0xF042}))


@pytest.mark.parametrize("item", [GroupContextExtensions, GroupSecrets], ids=lambda cls: cls.__name__)
def test_numbered_items_differ_and_others_are_as_short_as_can_be(item: type) -> None:
    shape = Struct(item)
    assert len({item_of(shape, number) for number in range(300)}) in {1, 300}
    assert decode(item, item_of(shape)) is not None
    assert len(item_of(shape)) <= len(item_of(shape, 1))


def test_a_part_that_is_in_no_struct_is_no_list() -> None:
    whole = take_apart(RatchetTreeExtension, vector(b"\0\0"))
    assert list_of(whole.children[0]) == ListName("RatchetTreeExtension", "ratchet_tree")
    with pytest.raises(TypeError, match="is in no struct"):
        list_of(whole)
    with pytest.raises(TypeError, match="is in no struct"):
        list_of(whole.children[0].children[0])


@pytest.mark.parametrize("costly", [*special_inputs()], ids=lambda costly: f"{costly.entry_point}: {costly.name}")
def test_each_special_input_can_be_made_and_is_given_to_its_entry_point(costly: CostlyInput) -> None:
    row = measured_cost(costly, (SMALL,))
    assert row is not None
    assert (row.entry_point, row.input, row.growth) == (costly.entry_point, costly.name, None)
    assert 0 < row.bytes <= 2 * SMALL


def test_the_largest_size_is_measured_and_held_against_its_half() -> None:
    blanks = next(special_inputs())
    row = measured_cost(blanks, (SMALL // 4, SMALL // 2, SMALL))
    assert row is not None
    assert row.bytes > SMALL - 3
    assert row.growth is not None
    lonely = measured_cost(blanks, (SMALL // 4, SMALL))
    assert lonely is not None
    assert lonely.growth is None


def test_what_cannot_be_longer_is_measured_as_long_as_it_is() -> None:
    fixed = CostlyInput("decode", "three bytes", lambda _: b"abc", lambda data: decode(GroupSecrets, data))
    assert [row.bytes for row in costs([fixed], (10, 20))] == [3]


def test_what_its_sender_cannot_make_has_no_row() -> None:
    def make(_size: int) -> bytes:
        raise Malformed("§2.1", "no")

    assert list(costs([CostlyInput("decode", "nothing", make, lambda data: data)], (10,))) == []


def test_what_escapes_that_is_no_refusal_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        list(costs([CostlyInput("decode", "a fault of ours", bytes, lambda data: 1 // data[0])], (10,)))


ROWS = (
    CostRow("decode", "the shorter one", 1 << 20, 0.5, 2.0),
    CostRow("decode", "the longer one", 1 << 20, 1.0, None),
    CostRow("process", "a bomb", 1 << 17, LIMIT + 1, None),
    CostRow("process", "a larger bomb", 1 << 20, LIMIT + 2, 4.0),
)


def test_the_table_shows_the_worst_of_each_entry_point_and_all_that_is_too_much() -> None:
    assert costs_to_table(ROWS).splitlines() == [
        "seconds  growth    bytes  entry point  input",
        "   4.00     4.0  1048576  process      a larger bomb  TOO MUCH",
        "   3.00           131072  process      a bomb  TOO MUCH",
        "   1.00          1048576  decode       the longer one",
        "4 inputs of one megabyte at most, at 2 entry points, 2 over 2 CPU seconds",
    ]
    assert costs_to_table(ROWS[:1]).endswith(
        "1 inputs of one megabyte at most, at 1 entry points, none over 2 CPU seconds"
    )
    assert costs_as_json(ROWS)["rows"][3] == {
        "entry_point": "process",
        "input": "a larger bomb",
        "bytes": 1 << 20,
        "seconds": LIMIT + 2,
        "growth": 4.0,
    }


def some_inputs() -> list[CostlyInput]:
    return [each for each in list_inputs() if each.entry_point == "TrustAnchors.validate"]


def test_the_command_shows_rows_and_says_by_its_exit_whether_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "all_inputs", some_inputs)
    exits = {main(["fuzz", "--cost"])}
    assert "TrustAnchors.validate  X509Credential: certificates" in capsys.readouterr().out
    exits.add(main(["fuzz", "--cost", "--json"]))
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["entry_point"] for row in rows} == {"TrustAnchors.validate"}
    assert exits <= {0, 1}
    monkeypatch.setattr(CostRow, "is_too_much", True)
    assert main(["fuzz", "--cost"]) == 1


def test_json_is_for_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--json"]) == 2
    assert capsys.readouterr().err == "workbench fuzz: --json works only with --cost\n"
