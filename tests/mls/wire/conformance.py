"""Holds a wire struct of ours against the struct of the same name in the RFC, case by case of its selects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from tests.mls.wire.presentation import Declared, Presentation, Selected
from workbench.mls.wire.messages import FramedContent
from workbench.mls.wire.shapes import (
    ConditionalOf,
    Fixed,
    Item,
    OpaqueVector,
    OptionalOf,
    Rest,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    fields_of,
    is_inline_variant,
    snake_case,
)

Choice = Mapping[str, str]
"""The value, by its name, that each tag has: {"SenderType": "member"}."""

SURROUNDINGS = {"content": Struct(FramedContent)}
"""The fields of enclosing structs on which the fields of an enclosed one depend."""


def differences(name: str, rfc: Presentation, ours: type) -> Iterator[str]:
    """What is different between the RFC's struct and ours, one sentence each; none if they are the same."""
    for choice in choices(name, rfc, ours):
        theirs = list(fields_in_the_rfc(name, rfc, choice))
        mine = list(fields_of_ours(ours, choice))
        label = "".join(f"[{value}]" for value in choice.values())
        for index, (their, my) in enumerate(zip_longest(theirs, mine)):
            if their is None or my is None or not same(their, my, rfc):
                yield f"{name}{label} field {index}: RFC {their}, ours {my}"


def choices(name: str, rfc: Presentation, ours: type) -> list[Choice]:
    """Every value of the tag on which the fields of the struct depend, in the RFC or with us."""
    tags = {tag_type(member.tag, rfc): member for member in rfc.structs[name] if isinstance(member, Selected)}
    if not tags:
        return [{}]
    ((enum, select),) = tags.items()  # no struct of the RFC depends on more than one tag
    labels = dict.fromkeys(select.cases)
    for shape in fields_of(ours).values():
        if isinstance(shape, Select):
            labels |= dict.fromkeys(case.TAG.name for case in shape.cases)  # type: ignore[attr-defined] # cases have one
    return [{enum: label} for label in labels]


def tag_type(tag: str, rfc: Presentation) -> str:
    """The type of the field by which a select decides, wherever that stands."""
    (found,) = {
        member.type
        for members in rfc.structs.values()
        for member in members
        if isinstance(member, Declared) and member.name == tag and member.type != "uint8"
    }
    return found


def fields_in_the_rfc(name: str, rfc: Presentation, choice: Choice) -> Iterator[Declared]:
    """The fields of the RFC's struct when its tag has this value."""
    for member in rfc.structs[name]:
        match member:
            case Declared():
                yield member
            case Selected():
                absent = [Declared("nothing", "of this case")]
                yield from member.cases.get(choice[tag_type(member.tag, rfc)], absent)


def fields_of_ours(cls: type, choice: Choice) -> Iterator[Declared]:
    """The fields of our struct when its tag has this value, spelled as the RFC spells them."""
    earlier: dict[str, Shape] = dict(SURROUNDINGS)
    for name, shape in fields_of(cls).items():
        match shape:
            case Select():
                yield from selected(shape, choice)
            case ConditionalOf(given, condition, item):
                if condition(example(earlier[given], choice)):
                    yield spelled(item, name)
            case _:
                yield spelled(shape, name)
        earlier[name] = shape


def selected(shape: Select, choice: Choice) -> Iterator[Declared]:
    assert shape.tag.enum is not None
    tag = shape.tag.enum.__name__
    if shape.in_front:
        yield Declared(tag, shape.tag_name)
    for case in shape.cases:
        if case.TAG.name != choice[tag]:  # type: ignore[attr-defined] # every case has one
            continue
        if is_inline_variant(case):
            yield from fields_of_ours(case, choice)
        else:
            yield Declared(case.__name__, snake_case(case.__name__))
        return
    yield Declared("nothing", "of this case")


def spelled(shape: Item, name: str) -> Declared:
    """A shape in the presentation language."""
    match shape:
        case Uint(width, enum):
            return Declared(enum.__name__ if enum else f"uint{8 * width}", name)
        case OpaqueVector() | Fixed() | Rest():
            marks = {OpaqueVector: "<V>", Rest: "[length_of_padding]"}
            return Declared("opaque", name, marks.get(type(shape)) or f"[{getattr(shape, 'length', '')}]")
        case VectorOf(item):
            return Declared(spelled(item, "").type, name, "<V>")
        case OptionalOf(item):
            return Declared(f"optional<{spelled(item, '').type}>", name)
        case Struct(cls):
            return Declared(cls.__name__, name)


def same(their: Declared, my: Declared, rfc: Presentation) -> bool:
    """Whether two declarations say the same: a type may have another name, and a case of the RFC none."""
    names = {my.name, ""} if their.type == my.type else {my.name}
    return their.name in names and (my.type, my.mark) in {
        (their.type, their.mark),
        resolved(their.type, their.mark, rfc),
    }


def resolved(kind: str, mark: str, rfc: Presentation) -> tuple[str, str]:
    """What a type of another name stands for: HPKEPublicKey for opaque<V>."""
    while kind in rfc.others:
        kind, mark = rfc.others[kind].type, rfc.others[kind].mark or mark
    return kind, mark


def example(shape: Shape, choice: Choice) -> object:
    """The emptiest value of a shape in which every tag has the value that was chosen."""
    match shape:
        case Struct(cls):
            return example_of(cls, choice)
        case Select(tag, _, cases):
            assert tag.enum is not None
            wanted = choice.get(tag.enum.__name__)
            return example_of(next((c for c in cases if c.TAG.name == wanted), cases[0]), choice)  # type: ignore[attr-defined] # cases have one
        case Uint():
            return 0
        case VectorOf():
            return ()
        case _:
            return None


def example_of(cls: type, choice: Choice) -> object:
    return cls(*(example(shape, choice) for shape in fields_of(cls).values()))
