"""A group, followed by its bytes: every signature, tag, hash and secret worked out again (RFC 9420 §6, §8, §12.4).

The witness is given what all members share at the beginning, and every HPKE private key there is; so it can open each
ciphertext of a path, the one for every reader, and see that all lead to the same secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.properties.witness.algorithms import SUITES, Suite
from tests.properties.witness.fields import Part, take_apart, uint, vector
from tests.properties.witness.schedule import epoch_secrets, message_key, psk_secret
from tests.properties.witness.tree import Tree
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import PrivateMessageContent

PUBLIC, PRIVATE = 1, 2
MEMBER, EXTERNAL, NEW_MEMBER_PROPOSAL, NEW_MEMBER_COMMIT = 1, 2, 3, 4
APPLICATION, PROPOSAL, COMMIT = 1, 2, 3
RATCHET_TREE, EXTERNAL_PUB, EXTERNAL_SENDERS = 2, 4, 5
ADD, UPDATE, REMOVE, PSK, REINIT, EXTERNAL_INIT, EXTENSIONS = range(1, 8)


@dataclass(frozen=True, slots=True)
class Said:
    """A proposal: its kind, what it says, and the leaf of the member who made it."""

    kind: int
    what: Part
    leaf: int | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """One HPKE ciphertext of a path, and what it is bound to."""

    context: bytes
    kem_output: bytes
    ciphertext: bytes


@dataclass
class Witness:
    """What is known of a group in its present epoch; `keys` are HPKE private keys by their public ones.

    `psks` are pre-shared keys by their encoded name, without the nonce. `path` are the ciphertexts of the last commit,
    `path_secrets` what was in them, by node, and `committer` its leaf.
    """

    suite: Suite
    group_id: bytes
    epoch: int
    tree: Tree
    extensions: bytes
    confirmed_transcript_hash: bytes
    interim_transcript_hash: bytes
    confirmation_tag: bytes
    secrets: dict[str, bytes]
    keys: Mapping[bytes, bytes]
    psks: Mapping[bytes, bytes]
    proposals: dict[bytes, Said] = field(default_factory=dict)
    path: list[Sealed] = field(default_factory=list)
    path_secrets: dict[int, bytes] = field(default_factory=dict)
    committer: int = 0
    psk_ids: bytes = b""
    _welcome: Mapping[bytes, bytes] = field(default_factory=dict)

    @classmethod
    def at(
        cls,
        context: bytes,
        nodes: bytes,
        confirmation_tag: bytes,
        secrets: dict[str, bytes],
        *,
        keys: Mapping[bytes, bytes],
        psks: Mapping[bytes, bytes],
    ) -> Witness:
        """From an encoded GroupContext and ratchet_tree, and the secrets of the epoch by name."""
        fields = take_apart(context, "GroupContext")
        suite = SUITES[fields["cipher_suite"].number]
        confirmed = fields["confirmed_transcript_hash"].body
        tree = Tree.of_extension(suite, nodes)
        assert tree.hash() == fields["tree_hash"].body
        return cls(
            suite=suite,
            group_id=fields["group_id"].body,
            epoch=fields["epoch"].number,
            tree=tree,
            extensions=fields["extensions"].encoded,
            confirmed_transcript_hash=confirmed,
            interim_transcript_hash=suite.hash(confirmed + vector(confirmation_tag)),
            confirmation_tag=confirmation_tag,
            secrets=secrets,
            keys=keys,
            psks=psks,
        )

    @property
    def context(self) -> bytes:
        """The encoded GroupContext (RFC 9420 §8.1)."""
        head = uint(1, 2) + uint(self.suite.number, 2) + vector(self.group_id) + uint(self.epoch, 8)
        return head + vector(self.tree.hash()) + vector(self.confirmed_transcript_hash) + self.extensions

    # §6: framing

    def see(self, message: bytes, welcomed: Mapping[bytes, bytes] | None = None) -> bytes | None:
        """Check a message of this epoch to the last byte, and follow it; what it says if it is for the application.

        `welcomed` are the path secrets in the Welcome that goes with a commit, by the leaf node of their reader.
        """
        self._welcome = welcomed or {}
        outside = take_apart(message)
        assert outside["version"].number == 1
        if outside["wire_format"].number == PUBLIC:
            public = outside["public_message"]
            signed = self._check_signature(PUBLIC, public["content"], public["auth"])
            if public["content"]["sender"]["sender_type"].number == MEMBER:
                tag = self.suite.mac(self.secrets["membership_key"], signed + public["auth"].encoded)
                assert public["membership_tag"].body == tag
            return self._follow(PUBLIC, public["content"], public["auth"])
        assert outside["wire_format"].number == PRIVATE
        content, auth = self._opened(outside["private_message"])
        self._check_signature(PRIVATE, content, auth)
        return self._follow(PRIVATE, content, auth)

    def _check_signature(self, wire_format: int, content: Part, auth: Part) -> bytes:
        """The bytes that were signed (RFC 9420 §6.1)."""
        assert content["group_id"].body == self.group_id
        assert content["epoch"].number == self.epoch
        sender = content["sender"]["sender_type"].number
        signed = uint(1, 2) + uint(wire_format, 2) + content.encoded
        if sender in {MEMBER, NEW_MEMBER_COMMIT}:
            signed += self.context
        key = self._signature_key(content, sender)
        assert self.suite.verifies(key, "FramedContentTBS", signed, auth["signature"].body)
        return signed

    def _signature_key(self, content: Part, sender: int) -> bytes:
        if sender == MEMBER:
            return self.tree.leaf(content["sender"]["leaf_index"].number)["signature_key"].body
        if sender == EXTERNAL:
            allowed = list(self._extension(EXTERNAL_SENDERS)["extension_data"]["external_senders"])
            return allowed[content["sender"]["sender_index"].number]["signature_key"].body
        if sender == NEW_MEMBER_PROPOSAL:
            return content["proposal"]["add"]["key_package"]["leaf_node"]["signature_key"].body
        return content["commit"]["path"]["leaf_node"]["signature_key"].body

    def _extension(self, kind: int) -> Part:
        listed = take_apart(self.context, "GroupContext")["extensions"]
        return next(each for each in listed if each["extension_type"].number == kind)

    def _opened(self, private: Part) -> tuple[Part, Part]:
        """The content of a PrivateMessage as a FramedContent, and its signature (RFC 9420 §6.3)."""
        suite, ciphertext = self.suite, private["ciphertext"].body
        aad = private.data[private["group_id"].field.offset : private["authenticated_data"].field.offset]
        sample = ciphertext[: suite.hash_length]
        key = suite.expand_with_label(self.secrets["sender_data_secret"], "key", sample, suite.key_length)
        nonce = suite.expand_with_label(self.secrets["sender_data_secret"], "nonce", sample, 12)
        sender_data = suite.open(key, nonce, aad, private["encrypted_sender_data"].body)
        assert sender_data is not None
        who = take_apart(sender_data, "SenderData")
        leaf, generation, guard = who["leaf_index"].number, who["generation"].number, who["reuse_guard"].body
        kind = private["content_type"].number
        ratchet = "application" if kind == APPLICATION else "handshake"
        width = (len(self.tree.nodes) + 1) // 2
        key, nonce = message_key(suite, self.secrets["encryption_secret"], width, leaf, ratchet, generation)
        nonce = bytes(a ^ b for a, b in zip(nonce, guard + bytes(8), strict=True))
        plaintext = suite.open(key, nonce, aad + private["authenticated_data"].encoded, ciphertext)
        assert plaintext is not None
        inside = take_apart(plaintext, PrivateMessageContent, content_type=ContentType(kind))
        assert not any(inside["padding"].encoded)
        framed = private["group_id"].encoded + private["epoch"].encoded + uint(MEMBER, 1) + uint(leaf, 4)
        framed += private["authenticated_data"].encoded + uint(kind, 1) + inside.up_to("auth")
        return take_apart(framed, "FramedContent"), inside["auth"]

    def _follow(self, wire_format: int, content: Part, auth: Part) -> bytes | None:
        kind, sender = content["content_type"].number, content["sender"]
        leaf = sender["leaf_index"].number if sender["sender_type"].number == MEMBER else None
        if kind == APPLICATION:
            return content["application_data"].body
        if kind == PROPOSAL:
            signed = uint(wire_format, 2) + content.encoded + auth.encoded
            self.proposals[self.suite.ref_hash("MLS 1.0 Proposal Reference", signed)] = _said(content["proposal"], leaf)
            return None
        self._commit(wire_format, content, auth, leaf)
        return None

    # §12.4: commits

    def _commit(self, wire_format: int, content: Part, auth: Part, leaf: int | None) -> None:
        commit, suite = content["commit"], self.suite
        listed = [
            self.proposals[entry["reference"].body] if entry["type"].number == 2 else _said(entry["proposal"], leaf)
            for entry in commit["proposals"]
        ]
        old = dict(self.secrets)
        joined = self._apply(listed)
        self.committer = self.tree.room() if leaf is None else leaf
        self.epoch += 1
        self.path, self.path_secrets = [], {}
        has_path = bool(commit["path"].names)
        commit_secret = self._take_path(commit["path"], joined) if has_path else bytes(suite.hash_length)
        transcript = uint(wire_format, 2) + content.encoded + auth["signature"].encoded
        self.confirmed_transcript_hash = suite.hash(self.interim_transcript_hash + transcript)
        init_secret = old["init_secret"]
        for said in listed:
            if said.kind == EXTERNAL_INIT:
                private_key, _ = suite.derive_key_pair(old["external_secret"])
                init_secret = suite.export(private_key, said.what["kem_output"].body, "external init secret")
        ids = [said.what["psk"] for said in listed if said.kind == PSK]
        self.psk_ids = vector(b"".join(each.encoded for each in ids))
        keys = [(each.encoded, self.psks[each.up_to("psk_nonce")]) for each in ids]
        self.secrets = epoch_secrets(suite, init_secret, commit_secret, psk_secret(suite, keys), self.context)
        self.confirmation_tag = auth["confirmation_tag"].body
        assert self.confirmation_tag == suite.mac(self.secrets["confirmation_key"], self.confirmed_transcript_hash)
        self.interim_transcript_hash = suite.hash(self.confirmed_transcript_hash + vector(self.confirmation_tag))
        self.proposals = {}

    def _apply(self, listed: list[Said]) -> set[int]:
        """Extensions, Updates, Removes, Adds; the leaves of those who join (RFC 9420 §12.3)."""
        for said in listed:
            if said.kind == EXTENSIONS:
                self.extensions = said.what["extensions"].encoded
        for said in listed:
            if said.kind == UPDATE:
                assert said.leaf is not None
                self._check_leaf(said.what["leaf_node"], said.leaf)
                self.tree.replace(said.leaf, said.what["leaf_node"].encoded)
        for said in listed:
            if said.kind == REMOVE:
                self.tree.remove(said.what["removed"].number)
        return {self.tree.add(self._added(said.what["key_package"])) for said in listed if said.kind == ADD}

    def _added(self, key_package: Part) -> bytes:
        leaf_node = key_package["leaf_node"]
        key, signature = leaf_node["signature_key"].body, key_package["signature"].body
        assert self.suite.verifies(key, "KeyPackageTBS", key_package.up_to("signature"), signature)
        self._check_leaf(leaf_node, None)
        return leaf_node.encoded

    def _check_leaf(self, leaf_node: Part, leaf: int | None) -> None:
        """The signature of a leaf node, for its place if it was made in the group (RFC 9420 §7.2)."""
        signed = leaf_node.up_to("signature")
        if leaf is not None:
            signed += vector(self.group_id) + uint(leaf, 4)
        key = leaf_node["signature_key"].body
        assert self.suite.verifies(key, "LeafNodeTBS", signed, leaf_node["signature"].body)

    def _take_path(self, path: Part, joined: set[int]) -> bytes:
        """Put a path into the tree and open all its ciphertexts: the commit secret (RFC 9420 §7.4 to §7.6, §7.9)."""
        way = self.tree.filtered_way_up(self.committer)
        readers = [[x for x in self.tree.resolution(beside) if x % 2 or x // 2 not in joined] for _, beside in way]
        nodes = list(path["nodes"])
        assert len(nodes) == len(way)
        self.tree.replace(self.committer, path["leaf_node"].encoded)
        above = b""
        for (x, beside), node in reversed(list(zip(way, nodes, strict=True))):
            self.tree.nodes[x] = node["encryption_key"].encoded + vector(above) + vector(b"")
            above = self.tree.parent_hash(x, beside)
        assert path["leaf_node"]["leaf_node_source"].number == 3
        assert path["leaf_node"]["parent_hash"].body == above
        self._check_leaf(path["leaf_node"], self.committer)
        self.tree.check_parent_hashes()
        secrets: set[bytes] = set()
        for (x, beside), node, below in zip(way, nodes, readers, strict=True):
            newcomers = {self.tree.nodes[2 * leaf] for leaf in joined if beside[0] <= 2 * leaf <= beside[1]}
            found = {told for leaf_node, told in self._welcome.items() if leaf_node in newcomers}
            found |= self._path_secrets_in(node, below) | secrets
            assert len(found) <= 1  # none if nobody but the committer learns it
            for secret in found:
                _, public_key = self.suite.derive_key_pair(self.suite.derive_secret(secret, "node"))
                assert public_key == node["encryption_key"].body
                self.path_secrets[x] = secret
            secrets = {self.suite.derive_secret(secret, "path") for secret in found}
        (commit_secret,) = secrets
        return commit_secret

    def _path_secrets_in(self, node: Part, readers: list[int]) -> set[bytes]:
        """What those below a node of a path are told, each in a ciphertext of its own."""
        context = self.context  # of the next epoch, but still with the transcript of the old one
        ciphertexts = list(node["encrypted_path_secret"])
        assert len(ciphertexts) == len(readers)
        found = set()
        for reader, ciphertext in zip(readers, ciphertexts, strict=True):
            sealed = Sealed(context, ciphertext["kem_output"].body, ciphertext["ciphertext"].body)
            secret = self.opened(sealed, self.keys[self.tree.encryption_key(reader)])
            assert secret is not None
            found.add(secret)
            self.path.append(sealed)
        return found

    def opened(self, sealed: Sealed, private_key: bytes) -> bytes | None:
        """What is in a ciphertext of a path, if this is a key that opens it (RFC 9420 §7.6)."""
        return self.suite.decrypt_with_label(
            private_key, "UpdatePathNode", sealed.context, sealed.kem_output, sealed.ciphertext
        )

    # §12.4.3: joining

    def check_welcome(self, welcome: bytes, key_package: bytes, init_private_key: bytes) -> None:
        """A Welcome to the epoch that the last commit led to says what it must."""
        suite, sealed = self.suite, take_apart(welcome)["welcome"]
        assert sealed["cipher_suite"].number == suite.number
        secrets = group_secrets(suite, welcome, key_package, init_private_key)
        assert secrets["joiner_secret"].body == self.secrets["joiner_secret"]
        assert secrets["psks"].encoded == self.psk_ids
        leaf = self.tree.nodes[::2].index(take_apart(key_package, "KeyPackage")["leaf_node"].encoded)
        shared = next(x for x, beside in self.tree.way_up(self.committer) if beside[0] <= 2 * leaf <= beside[1])
        found = secrets["path_secret"]["path_secret"].body if secrets["path_secret"].names else None
        assert found == self.path_secrets.get(shared)
        key = suite.expand_with_label(self.secrets["welcome_secret"], "key", b"", suite.key_length)
        nonce = suite.expand_with_label(self.secrets["welcome_secret"], "nonce", b"", 12)
        info = suite.open(key, nonce, b"", sealed["encrypted_group_info"].body)
        assert info is not None
        self.check_group_info(take_apart(info, "GroupInfo"))

    def check_group_info(self, info: Part) -> None:
        """A GroupInfo of this epoch says what is known, and its signer is a member (RFC 9420 §12.4.3)."""
        assert info["group_context"].encoded == self.context
        assert info["confirmation_tag"].body == self.confirmation_tag
        key = self.tree.leaf(info["signer"].number)["signature_key"].body
        assert self.suite.verifies(key, "GroupInfoTBS", info.up_to("signature"), info["signature"].body)
        for extension in info["extensions"]:
            if extension["extension_type"].number == RATCHET_TREE:
                assert Tree.of_extension(self.suite, extension["extension_data"].body) == self.tree
            if extension["extension_type"].number == EXTERNAL_PUB:
                _, public_key = self.suite.derive_key_pair(self.secrets["external_secret"])
                assert extension["extension_data"]["external_pub"].body == public_key


def group_secrets(suite: Suite, welcome: bytes, key_package: bytes, init_private_key: bytes) -> Part:
    """What a Welcome holds for one key package (RFC 9420 §12.4.3.1)."""
    sealed = take_apart(welcome)["welcome"]
    reference = suite.ref_hash("MLS 1.0 KeyPackage Reference", key_package)
    entry = next(entry for entry in sealed["secrets"] if entry["new_member"].body == reference)[
        "encrypted_group_secrets"
    ]
    opened = suite.decrypt_with_label(
        init_private_key,
        "Welcome",
        sealed["encrypted_group_info"].body,
        entry["kem_output"].body,
        entry["ciphertext"].body,
    )
    assert opened is not None
    return take_apart(opened, "GroupSecrets")


def _said(proposal: Part, leaf: int | None) -> Said:
    return Said(proposal["proposal_type"].number, list(proposal)[1], leaf)
