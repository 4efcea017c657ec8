"""Why a member cannot process some bytes: the kinds of reasons, the evidence for each, and what to do next.

docs/explain.md shows `KINDS` as a table. `ERRORS` gives a kind and a next step to every error of the engine.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from workbench.mls import errors
from workbench.mls.errors import MLSError


class MessageKind(Enum):
    """What some bytes are for one member: something to process, or a reason why it cannot process them."""

    PROCESSABLE = "processable"
    NOT_MLS = "not MLS"
    ENCODED = "encoded as text"
    UNFRAMED = "unframed"
    OTHER_VERSION = "other version"
    OTHER_WIRE_FORMAT = "other wire format"
    DAMAGED = "damaged"
    KEY_PACKAGE = "key package"
    GROUP_INFO = "group info"
    WELCOME = "welcome"
    WELCOME_FOR_OTHERS = "welcome for others"
    OTHER_GROUP = "other group"
    SUCCESSOR_GROUP = "successor group"
    FUTURE_EPOCH = "future epoch"
    ALREADY_PROCESSED = "already processed"
    EPOCH_ENDED = "epoch ended"
    EPOCH_DELETED = "epoch deleted"
    BEFORE_JOINING = "before joining"
    REMOVED = "removed"
    GROUP_ENDED = "group ended"
    OWN_ECHO = "own echo"
    OWN_LEAF_TWICE = "own leaf twice"
    KEY_USED = "key used"
    KEY_EXPIRED = "key expired"
    TOO_FAR_AHEAD = "too far ahead"
    FORK = "fork"
    FORK_OR_DAMAGED = "fork or damaged"
    MISSING_PROPOSAL = "missing proposal"
    MISSING_PSK = "missing PSK"
    FAILED_CHECK = "failed check"
    POLICY = "refused by policy"
    UNSUPPORTED = "unsupported"


class About(NamedTuple):
    """What is the evidence for a kind of reason, and what to do next."""

    evidence: str
    next_step: str


KINDS: dict[MessageKind, About] = {
    MessageKind.PROCESSABLE: About(
        "A copy of the state has processed it.",
        "Process it, and keep the state that `process` returns.",
    ),
    MessageKind.NOT_MLS: About(
        "The bytes do not start like an MLSMessage, and they are not an MLS struct without its MLSMessage header.",
        "Check where the bytes come from. The transport must pass on each MLS message alone and unchanged.",
    ),
    MessageKind.ENCODED: About(
        "The bytes are text in hexadecimal or base64, and the decoded bytes start like an MLS message.",
        "Decode the text before you process it.",
    ),
    MessageKind.UNFRAMED: About(
        "All bytes decode as one struct, but the MLSMessage header is missing.",
        "Send and store the struct inside an MLSMessage, which names the version and the wire format.",
    ),
    MessageKind.OTHER_VERSION: About(
        "The wire format is known, but the version before it is not mls10.",
        "Ask the sender for MLS 1.0, or use an implementation of the other version.",
    ),
    MessageKind.OTHER_WIRE_FORMAT: About(
        "The version is mls10, but the wire format is not one of the RFC's five.",
        "Drop it, or use an implementation of the extension that defines this wire format.",
    ),
    MessageKind.DAMAGED: About(
        (
            "The bytes do not decode. Or one part of the message proves that it was made in this epoch, and "
            "another part does not fit."
        ),
        (
            "Fetch the message again from where it is stored. If the stored message is the same, ask its sender "
            "to send it again."
        ),
    ),
    MessageKind.KEY_PACKAGE: About(
        "It decodes as a KeyPackage, and the KeyPackage was validated.",
        "Do not process it: it is not a message to the group. To make its client a member, add the client by a commit.",
    ),
    MessageKind.GROUP_INFO: About(
        "It decodes as a GroupInfo. If it is of this member's epoch, it was compared with the state.",
        (
            "Do not process it: a GroupInfo changes nothing for a member. Keep it for clients that join by an "
            "external commit."
        ),
    ),
    MessageKind.WELCOME: About(
        "It opens with a key package whose private keys were given.",
        "Join with it. Then delete the private keys of the key package, unless it is a key package of last resort.",
    ),
    MessageKind.WELCOME_FOR_OTHERS: About(
        "It has no entry for a key package whose private keys were given.",
        (
            "Deliver it to the clients that the commit adds. If this client is one of them, find the private keys"
            " of the key package that the Welcome names."
        ),
    ),
    MessageKind.OTHER_GROUP: About(
        "Its group id is not the group id of the state.",
        "Process it with the state of the group that it names.",
    ),
    MessageKind.SUCCESSOR_GROUP: About(
        "Its group id is the one that the ReInit of this group has announced.",
        "Join the new group by its Welcome. Then process the message with the new state.",
    ),
    MessageKind.FUTURE_EPOCH: About(
        "Its epoch is later than the epoch of the state. The message alone does not prove that this epoch exists.",
        "Fetch the missing commits, process them in order, then process this message again.",
    ),
    MessageKind.ALREADY_PROCESSED: About(
        (
            "It is the commit that led to this epoch (the confirmation tag is the same), or it is one of the "
            "commits that were given as processed."
        ),
        "Drop it: this member has processed it before.",
    ),
    MessageKind.EPOCH_ENDED: About(
        "It is a proposal or a commit of an epoch that has ended for this member.",
        (
            "Drop it: another commit has ended that epoch. Its sender has to make a new proposal or commit in the"
            " present epoch."
        ),
    ),
    MessageKind.EPOCH_DELETED: About(
        "It is application data of an epoch that has ended, and the state has no keys of that epoch.",
        (
            "This member cannot read the message any more: it deleted the keys of that epoch for forward secrecy."
            " If messages often arrive after the next commit, set `Policy.past_epochs` to keep the keys of a few "
            "epochs."
        ),
    ),
    MessageKind.BEFORE_JOINING: About(
        "Its epoch is before the epoch in which this member joined.",
        (
            "Drop it: this member never had the keys of that epoch. The delivery service should not deliver "
            "messages from before a member joined."
        ),
    ),
    MessageKind.REMOVED: About(
        (
            "A commit has removed this member, and this state is its last one. The message is of a later epoch, "
            "or it would change the group."
        ),
        "Stop following the group. To come back, ask a member to add this client again, or join by an external commit.",
    ),
    MessageKind.GROUP_ENDED: About(
        "The state has processed a commit of a ReInit, and it knows which group follows.",
        "Continue in the group that the ReInit has announced. This group takes no new messages.",
    ),
    MessageKind.OWN_ECHO: About(
        "Its sender is this member, and nothing shows that another copy of this member has sent it.",
        (
            "Do not process it. Apply an own commit with `apply_pending_commit`. For other own messages there is "
            "nothing to do."
        ),
    ),
    MessageKind.OWN_LEAF_TWICE: About(
        "It opens with a key of this member's own ratchet that the state has not used yet, and its signature is valid.",
        (
            "Find the other copy of this member: a second device with the same state, a backup that is in use, or"
            " a state that was not stored after a message was sent. Stop all copies, then join again."
        ),
    ),
    MessageKind.KEY_USED: About(
        "The sender data opens. It names a generation whose key was used and then deleted.",
        "Drop it: this member has read the message before, or somebody replays it. Deliver each message once.",
    ),
    MessageKind.KEY_EXPIRED: About(
        "The sender data opens. It names a generation so far back that its key was deleted unused.",
        (
            "This member cannot read the message any more. If messages of one sender often arrive so late, raise "
            "`RatchetLimits.behind` to keep more keys."
        ),
    ),
    MessageKind.TOO_FAR_AHEAD: About(
        "The sender data opens. It names a generation further ahead than the state derives keys.",
        (
            "Fetch this sender's messages that are missing in between. If so many messages are really lost, raise"
            " `RatchetLimits.forward`."
        ),
    ),
    MessageKind.FORK: About(
        (
            "Evidence of the other side was given, and it differs from this state in the same epoch. Or the "
            "message is signed for the epoch of the other side."
        ),
        (
            "Find the first commit that the two sides do not share. The members of one side must give up their "
            "states and join the other side again. The delivery service must give all members the same commit of "
            "each epoch."
        ),
    ),
    MessageKind.FORK_OR_DAMAGED: About(
        "Group and epoch fit, but nothing opens or verifies, and no evidence of the other side was given.",
        (
            "Fetch the message again. If it is the same, compare the epoch authenticator or a GroupInfo of this "
            "epoch with the sender's. If they differ, the group has forked."
        ),
    ),
    MessageKind.MISSING_PROPOSAL: About(
        "The commit refers to a proposal that the state does not have.",
        "Fetch the proposals of this epoch, process them, then process the commit again.",
    ),
    MessageKind.MISSING_PSK: About(
        "The commit or the Welcome names a pre-shared key that was not given.",
        ("Give the named key. A client without the key can neither follow this commit nor join by this Welcome."),
    ),
    MessageKind.FAILED_CHECK: About(
        "A copy of the state has processed it up to the check that failed. The section is the section of that check.",
        "Drop it: the state has not changed. Report the failed check to the operator of the sender's client.",
    ),
    MessageKind.POLICY: About(
        (
            "A copy of the state has processed it up to a check that the RFC leaves to applications. The "
            "explanation names the setting that decides."
        ),
        (
            "Drop it, or change the named setting at all members. If some members refuse a commit that others "
            "accept, the group forks."
        ),
    ),
    MessageKind.UNSUPPORTED: About(
        "It may be valid, but something in it is unknown here: a cipher suite, or a type of proposal or credential.",
        "Tell the user that this client does not support it. Another implementation may.",
    ),
}


class ErrorAdvice(NamedTuple):
    """The kind of an error, and the next step for this error; "" stands for the next step of the kind."""

    kind: MessageKind
    next_step: str = ""


ERRORS: dict[type[MLSError], ErrorAdvice] = {
    errors.MLSError: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.Malformed: ErrorAdvice(MessageKind.DAMAGED),
    errors.DamagedState: ErrorAdvice(
        MessageKind.DAMAGED,
        (
            "Read another copy of the state, if that copy has sent nothing since it was stored. Otherwise join "
            "the group again."
        ),
    ),
    errors.Violation: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.RefusedByPolicy: ErrorAdvice(MessageKind.POLICY),
    errors.Misuse: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Fix the call: it asks for something that is impossible in this state."
    ),
    errors.InvalidArgument: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Fix the call: the function does not accept this argument."
    ),
    errors.InvalidPrivateKey: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Fix the call: give a private key of the cipher suite's algorithm."
    ),
    errors.Unsupported: ErrorAdvice(MessageKind.UNSUPPORTED),
    errors.UnknownStateVersion: ErrorAdvice(
        MessageKind.UNSUPPORTED, "Read the state with the version of the workbench that wrote it."
    ),
    errors.InvalidKey: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Drop it: a key in it is not a valid key of this cipher suite. The sender has to send a valid key.",
    ),
    errors.DecryptionFailed: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Ask other members whether they can process the commit. If they can, the commit is sealed wrongly for"
            " this member, or the state has lost a private key. Then join again by an external commit that "
            "replaces the old leaf."
        ),
    ),
    errors.InvalidSignature: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it: its sender does not hold the private key of the signer that it names."
    ),
    errors.InvalidTag: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Do not follow the commit. If it names pre-shared keys, compare their values with the sender's: "
            "another value leads to another epoch. If the values are the same, the sender's client computes the "
            "epoch wrongly."
        ),
    ),
    errors.InvalidLeafNode: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Drop it. The client of this leaf node has to make a new one. If the lifetime is the reason, compare "
            "the clocks too."
        ),
    ),
    errors.InvalidCredential: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not trust the member. Ask it for a credential that its issuer confirms."
    ),
    errors.CredentialExpired: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Ask the member to renew its credential and to update its leaf. Compare the clocks too. If the "
            "credential was valid when the message was sent, give that time as `sent_at`; "
            "`LifetimePolicy.catch_up` has to reach back so far."
        ),
    ),
    errors.CredentialRevoked: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Have the member removed: its issuer has revoked the credential. A member that cannot follow a commit"
            " for this reason joins again after the removal."
        ),
    ),
    errors.InvalidKeyPackage: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop the key package, and ask its client to publish a new one."
    ),
    errors.InvalidRatchetTree: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        (
            "Do not use this tree. If a member lacks a capability or a key occurs twice, the committer has to "
            "leave the proposal out that causes it."
        ),
    ),
    errors.InvalidUpdatePath: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not follow the commit: its keys do not fit the tree. Its sender has to make a new commit.",
    ),
    errors.InvalidProposal: ErrorAdvice(MessageKind.FAILED_CHECK, "Drop the proposal; do not commit it."),
    errors.InvalidProposalList: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not follow the commit: its proposals cannot be committed together. Its sender has to make a new commit.",
    ),
    errors.TooManyProposals: ErrorAdvice(
        MessageKind.POLICY,
        (
            "Commit the proposals that are waiting, or raise the limit in the policy. If its sender floods the "
            "group with proposals, drop it."
        ),
    ),
    errors.InvalidCommit: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not follow the commit. Its sender has to make a new commit."
    ),
    errors.InvalidWelcome: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not join with it. Ask the member that committed to remove this client and to add it again.",
    ),
    errors.InvalidGroupInfo: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not use it. Ask another member for a GroupInfo."
    ),
    errors.InvalidExtension: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Drop it. Its sender has to leave the extension out, or put it where the RFC allows it.",
    ),
    errors.InvalidMessage: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.InvalidPreSharedKey: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it. Its sender has to name the key with a fresh nonce of the right length."
    ),
    errors.WrongGroup: ErrorAdvice(MessageKind.OTHER_GROUP),
    errors.WrongEpoch: ErrorAdvice(MessageKind.EPOCH_ENDED),
    errors.FutureEpoch: ErrorAdvice(MessageKind.FUTURE_EPOCH),
    errors.PastEpoch: ErrorAdvice(MessageKind.EPOCH_ENDED),
    errors.LateHandshake: ErrorAdvice(MessageKind.EPOCH_ENDED),
    errors.BeforeJoining: ErrorAdvice(MessageKind.BEFORE_JOINING),
    errors.EpochDeleted: ErrorAdvice(MessageKind.EPOCH_DELETED),
    errors.KeyAlreadyUsed: ErrorAdvice(MessageKind.KEY_USED),
    errors.KeyExpired: ErrorAdvice(MessageKind.KEY_EXPIRED),
    errors.GenerationTooFarAhead: ErrorAdvice(MessageKind.TOO_FAR_AHEAD),
    errors.UnknownMember: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Fix the call: name a leaf at which the group has a member."
    ),
    errors.UnknownPreSharedKey: ErrorAdvice(MessageKind.MISSING_PSK),
    errors.UnknownProposal: ErrorAdvice(MessageKind.MISSING_PROPOSAL),
    errors.RevocationUnknown: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Fetch the current revocation list of the issuer, give it to the check, and try again.",
    ),
    errors.NotForMe: ErrorAdvice(MessageKind.WELCOME_FOR_OTHERS),
    errors.GroupInactive: ErrorAdvice(MessageKind.REMOVED),
    errors.OwnMessage: ErrorAdvice(MessageKind.OWN_ECHO),
}
"""The advice for every class of errors; `refusals.py` looks closer at errors that can have several causes."""


_AS_THE_OTHERS = (
    "If the other members have followed it, use the same setting as they do and process it again. Otherwise drop it."
)

SETTINGS: dict[str, str] = {
    "LifetimePolicy.catch_up": (
        "If this member was offline when the message was sent, raise the setting and process the message "
        "again, or join again by an external commit. Otherwise drop it: its sender has used a key package "
        "after its lifetime."
    ),
    "LifetimePolicy.leeway": (
        "Compare the clocks of this member and its sender, and check the time that was given as `sent_at`."
    ),
    "LifetimePolicy.longest": (
        "Raise the setting at all members, or ask the client to publish a key package with a shorter lifetime."
    ),
    "LifetimePolicy.in_trees": (
        "Join with the setting at False: the members of the group still accept this leaf. Or ask its member "
        "to update the leaf first. Compare the clocks too."
    ),
    "Policy.external_commits": _AS_THE_OTHERS,
    "Policy.resyncs": _AS_THE_OTHERS,
}
"""The next step for each setting of a policy that can refuse a message."""


def verdict_of(error: MLSError) -> ErrorAdvice:
    """The kind of an error, and the next step; a refusal by policy has the next step of its setting."""
    kind, step = ERRORS[type(error)]
    if isinstance(error, errors.RefusedByPolicy):
        step = step or SETTINGS.get(error.setting, "")
    return ErrorAdvice(kind, step or KINDS[kind].next_step)


def table() -> str:
    """`KINDS` as a table in Markdown."""
    rows = [f"| {kind.value} | {about.evidence} | {about.next_step} |" for kind, about in KINDS.items()]
    return "\n".join(["| kind | how it is known | next step |", "|---|---|---|", *rows])
