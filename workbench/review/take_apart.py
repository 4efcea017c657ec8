"""Take a message apart with what somebody holds: open what opens, and recompute what can be recomputed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.inspect.dissect import KINDS, MOST_FIELDS, STRUCTS, dissect
from workbench.mls import CipherSuite, Malformed, MLSMessage, decode, encode
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.errors import MLSError
from workbench.mls.group.pre_shared_keys import find_psks
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.wire.messages import GroupContext, GroupInfo, GroupSecrets, PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.shapes import needs, snake_case
from workbench.mls.wire.tree import KeyPackage
from workbench.review.apart_framed import private_message, public_message
from workbench.review.apart_objects import below, group_info, objects_in
from workbench.review.keyring import NO_KEYS, Keyring
from workbench.review.locks import AnyLock, KeyLock, UnknownLock
from workbench.review.recomputation import DATA, Call, Named
from workbench.review.taken_apart import Kind, Place, Sheet, TakenApart, fields_by_path

ANY_SUITE = CIPHER_SUITES[1]
"""Stands for the cipher suite where none is known; then nothing is computed."""


def take_apart(
    data: bytes, struct: str | type = "message", keyring: Keyring = NO_KEYS, *, most: int | None = MOST_FIELDS
) -> TakenApart:
    """The sheets, encrypted parts and computed values of some bytes, which encode `struct` as for `dissect`.

    Damaged bytes have their fields up to the fault, and nothing is computed of them. Raises ValueError for an unknown
    struct, or one that does not decode by itself.
    """
    dissection = dissect(data, struct, most=most)
    root = Sheet(DATA, "the message", dissection, fields_by_path(dissection.root))
    cls = struct if isinstance(struct, type) else (KINDS | STRUCTS)[struct]
    content = None if needs(cls) else _decoded(cls, data)
    path = cls.__name__
    if isinstance(content, MLSMessage):
        content = content.message
        path = f"{path}.{snake_case(type(content).__name__)}"
    suite = suite_of(content, keyring)
    apart = TakenApart(keyring, suite or ANY_SUITE, root)
    if suite is not None:
        _content(apart, Place(DATA, path), content)
    return apart


def suite_of(content: Any, keyring: Keyring) -> CipherSuite | None:
    """The cipher suite of a struct, which it names itself or which the keyring knows of its epoch; None if unknown."""
    match content:
        case KeyPackage(cipher_suite=number) | Welcome(cipher_suite=number) | GroupContext(cipher_suite=number):
            return CIPHER_SUITES.get(number)
        case GroupInfo(group_context=context):
            return CIPHER_SUITES.get(context.cipher_suite)
        case PublicMessage(content=content):
            known = keyring.epoch(content.group_id, content.epoch).context
        case PrivateMessage(group_id=group_id, epoch=epoch):
            known = keyring.epoch(group_id, epoch).context
        case _:
            return None
    return None if known is None else CIPHER_SUITES.get(known.cipher_suite)


def _decoded(cls: type, data: bytes) -> Any:
    try:
        return decode(cls, data)
    except Malformed:
        return None


def _content(apart: TakenApart, place: Place, content: Any) -> None:
    match content:
        case PublicMessage():
            public_message(apart, place, content)
        case PrivateMessage():
            private_message(apart, place, content)
        case Welcome():
            _welcome(apart, place, content)
        case GroupInfo():
            group_info(apart, place, content)
        case _:
            objects_in(apart, apart.sheets[DATA], None, None)


def _welcome(apart: TakenApart, place: Place, welcome: Welcome) -> None:
    """A Welcome: group secrets for each newcomer, and the GroupInfo that they open (RFC 9420 §12.4.3.1)."""
    info = below(place, "encrypted_group_info")
    locks, opened = [], ""
    for number, entry in enumerate(welcome.secrets):
        inside = below(place, f"secrets[{number}]")
        key_package = apart.keyring.key_packages.get(entry.new_member)
        _reference(apart, below(inside, "new_member"), key_package)
        sealed = below(inside, "encrypted_group_secrets")
        ciphertext = below(sealed, "ciphertext")
        if key_package is None:
            apart.seal(ciphertext, UnknownLock("the init key of the key package that has this reference"))
            continue
        lock = KeyLock(key_package.init_key, "the init key of that key package")
        locks.append(lock)
        if not apart.seal(ciphertext, lock):
            continue
        init_key = apart.book.define(
            "init_key", apart.keyring.private_keys[key_package.init_key], "the private init key", is_secret=True
        )
        hpke = Call("HPKECiphertext", (apart.contents(below(sealed, "kem_output")), apart.contents(ciphertext)))
        expression = Call("decrypt_with_label", (init_key, "Welcome", apart.contents(info), hpke))
        sheet = apart.open("group_secrets", f"the group secrets in secrets[{number}]", expression, GroupSecrets)
        opened = opened or sheet
    if apart.seal(info, AnyLock(tuple(locks))) and opened:
        _group_info_in(apart, info, opened)


def _reference(apart: TakenApart, place: Place, key_package: KeyPackage | None) -> None:
    if key_package is None:
        missing = "the key package that has this reference"
        apart.compute(place, "KeyPackageRef", Kind.REFERENCE, "§5.2", None, missing=missing)
        return
    named = apart.book.define("key_package", encode(key_package), "the key package of the newcomer")
    expression = Call("ref_hash", ("MLS 1.0 KeyPackage Reference", named))
    expected = apart.book.value(apart.contents(place))
    apart.compute(place, "KeyPackageRef", Kind.REFERENCE, "§5.2", expression, expected=expected)


def _group_info_in(apart: TakenApart, info: Place, opened: str) -> None:
    """Derive the key of the GroupInfo from the joiner secret, and open it."""
    book = apart.book
    suite = book.suite
    try:
        secrets = decode(GroupSecrets, book.definitions[opened].value)
        mixed_in = psk_secret(suite, find_psks(secrets.psks, apart.keyring.psks))
    except MLSError as problem:
        part = apart.sealed.pop()
        apart.sealed.append(replace(part, problem=problem.reason))
        return
    joiner = apart.contents(Place(opened, "GroupSecrets.joiner_secret"))
    psk_words = "the psk secret" if secrets.psks else "the psk secret: zeros, because no pre-shared key is mixed in"
    psks = book.define("psk_secret", mixed_in, psk_words, is_secret=True)
    member = book.define("member_secret", Call("extract", (joiner, psks)), "the member secret", is_secret=True)
    welcome = book.define(
        "welcome_secret", Call("derive_secret", (member, "welcome")), "the welcome secret", is_secret=True
    )
    key = Call("expand_with_label", (welcome, "key", b"", suite.key_length))
    nonce = Call("expand_with_label", (welcome, "nonce", b"", suite.nonce_length))
    apart.compute(info, "welcome key", Kind.KEY, "§12.4.3.1", key)
    apart.compute(info, "welcome nonce", Kind.NONCE, "§12.4.3.1", nonce)
    named = (
        book.define("welcome_key", key, "the key of the GroupInfo", is_secret=True),
        book.define("welcome_nonce", nonce, "the nonce of the GroupInfo", is_secret=True),
    )
    sheet = apart.open("group_info", "the GroupInfo", Call("open", (*named, b"", apart.contents(info))), GroupInfo)
    if sheet:
        _opened_info(apart, sheet, member)


def _opened_info(apart: TakenApart, sheet: str, member: Named) -> None:
    book = apart.book
    inside = _decoded(GroupInfo, book.definitions[sheet].value)
    if inside is None:
        return
    place = Place(sheet, GroupInfo.__name__)
    context = apart.whole(below(place, "group_context"))
    epoch = Call("expand_with_label", (member, "epoch", context, book.suite.hash_length))
    epoch_secret = book.define("epoch_secret", epoch, "the epoch secret", is_secret=True)
    words = f"the confirmation key of epoch {inside.group_context.epoch}"
    key = book.define("confirmation_key", Call("derive_secret", (epoch_secret, "confirm")), words, is_secret=True)
    group_info(apart, place, inside, confirmation_key=key)
