"""Reads the presentation language of RFC 9420 (§2.1, RFC 8446 §3) out of the RFC's own text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BLOCK = re.compile(r"^~~~ tls-presentation\n(.*?)^~~~$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^~~~.*?^~~~$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"//.*?$|/\*.*?\*/", re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r"optional<\w+>|[\w.]+|<[^>]*>|\[[^\]]*\]|[{}();:=,]")
HEADING = re.compile(r"^(#+) (.*?)(?: \{[#:].*\})?$", re.MULTILINE)


@dataclass(frozen=True)
class Declared:
    """`type name mark;`: one field, or the other name of a type."""

    type: str
    name: str
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.name}{self.mark}"


@dataclass(frozen=True)
class Selected:
    """`select (on) { case ...: }`: which fields are there, by the name of the tag's value."""

    on: str
    cases: dict[str, list[Declared]]

    @property
    def tag(self) -> str:
        """The tag's own name, without the way to it."""
        return self.on.rpartition(".")[2]


@dataclass
class Presentation:
    """All that the blocks declare; `sections` says where each name was declared."""

    structs: dict[str, list[Declared | Selected]] = field(default_factory=dict)
    enums: dict[str, dict[str, int]] = field(default_factory=dict)
    others: dict[str, Declared] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)


def read_presentation(rfc: str) -> Presentation:
    """Every declaration of the RFC's presentation blocks."""
    found = Presentation()
    for block in BLOCK.finditer(rfc):
        section = section_at(rfc, block.start())
        tokens = Tokens(COMMENT.sub("", block[1]))
        while tokens.left:
            found.sections[_declaration(tokens, found)] = section
    return found


def section_at(rfc: str, offset: int) -> str:
    """The number of the section that an offset of the text lies in."""
    numbers: list[int] = []
    main_part = rfc.index("--- middle")
    prose = CODE.sub(lambda code: " " * len(code[0]), rfc)  # a comment in code looks like a heading
    for heading in HEADING.finditer(prose, main_part, offset):
        level = len(heading[1])
        numbers = [*numbers, 0][:level]
        numbers[level - 1] += 1
    return "§" + ".".join(map(str, numbers))


class Tokens:
    """The words of one block, taken one after the other."""

    def __init__(self, text: str) -> None:
        junk = TOKEN.sub("", text).strip()
        if junk:
            raise ValueError(f"not of the presentation language: {junk!r}")
        self.left: list[str] = TOKEN.findall(text)

    def take(self, expected: str | None = None) -> str:
        token = self.left.pop(0)
        if expected not in {None, token}:
            raise ValueError(f"{token!r} stands where {expected!r} belongs")
        return token

    def take_if(self, wanted: str) -> bool:
        if self.left[0] != wanted:
            return False
        self.left.pop(0)
        return True


def _declaration(tokens: Tokens, found: Presentation) -> str:
    if tokens.take_if("enum"):
        members = dict(_enum_members(tokens))
        name = tokens.take()
        found.enums[name] = members
    elif tokens.take_if("struct"):
        tokens.take("{")
        fields = list(_fields(tokens))
        tokens.take("}")
        name = tokens.take()
        found.structs[name] = fields
    else:
        declared = _declared(tokens)
        found.others[declared.name] = declared
        return declared.name
    tokens.take(";")
    return name


def _enum_members(tokens: Tokens) -> Iterator[tuple[str, int]]:
    """The members; the greatest possible value, which has no name, under "" (RFC 8446 §3.5)."""
    tokens.take("{")
    while not tokens.take_if("}"):
        name = "" if tokens.left[0] == "(" else tokens.take()
        tokens.take("(")
        yield name, int(tokens.take())
        tokens.take(")")
        tokens.take_if(",")


def _fields(tokens: Tokens) -> Iterator[Declared | Selected]:
    while tokens.left[0] != "}":
        yield _select(tokens) if tokens.take_if("select") else _declared(tokens)


def _select(tokens: Tokens) -> Selected:
    tokens.take("(")
    on = tokens.take()
    tokens.take(")")
    tokens.take("{")
    cases: dict[str, list[Declared]] = {}
    waiting: list[str] = []
    while not tokens.take_if("}"):
        tokens.take("case")
        waiting.append(tokens.take())
        tokens.take(":")
        if tokens.left[0] == "case":  # shares its fields with the next
            continue
        fields = list(_case_fields(tokens))
        cases |= dict.fromkeys(waiting, fields)
        waiting = []
    tokens.take(";")
    return Selected(on, cases)


def _case_fields(tokens: Tokens) -> Iterator[Declared]:
    while tokens.left[0] not in {"case", "}"}:
        if tokens.take_if("struct"):
            for empty in "{};":
                tokens.take(empty)
        else:
            yield _declared(tokens)


def _declared(tokens: Tokens) -> Declared:
    kind = tokens.take()
    name = "" if tokens.left[0] == ";" else tokens.take()
    mark = tokens.take() if tokens.left[0][0] in "<[" else ""
    if tokens.take_if("="):
        tokens.take()
    tokens.take(";")
    return Declared(kind, name, mark)
