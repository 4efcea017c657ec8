"""Why bytes cannot be processed: the kinds of reasons, how each is known, and what to do next.

docs/explain.md shows `KINDS` as a table. `ERRORS` has words for every error of the engine.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from workbench.mls import errors
from workbench.mls.errors import MLSError


class MessageKind(Enum):
    """What is the matter with some bytes, from the point of view of one member."""

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
    """How a kind of reason is known, and the next step."""

    evidence: str
    next_step: str


KINDS: dict[MessageKind, About] = {
    MessageKind.PROCESSABLE: About(
        "It was processed, on a copy of the state.",
        "Process it, and keep the state that comes back.",
    ),
    MessageKind.NOT_MLS: About(
        "The bytes do not start as any MLSMessage does, and are no struct of MLS without its frame.",
        "Look where the bytes come from: what carries MLS messages must hand them on alone and unchanged.",
    ),
    MessageKind.ENCODED: About(
        "The bytes are text in hexadecimal or base64, and what it stands for begins as an MLS message does.",
        "Decode it before processing it.",
    ),
    MessageKind.UNFRAMED: About(
        "All bytes decode as one struct that has no MLSMessage around it.",
        "Send and store it as an MLSMessage: the version and the wire format say what the rest is.",
    ),
    MessageKind.OTHER_VERSION: About(
        "A version that is not mls10 stands before a wire format that is known.",
        "Ask the sender for MLS 1.0, or use an implementation of that version.",
    ),
    MessageKind.OTHER_WIRE_FORMAT: About(
        "The version is mls10, and the wire format is none of the RFC's five.",
        "Drop it, or use an implementation of the extension that defines this wire format.",
    ),
    MessageKind.DAMAGED: About(
        "The bytes do not decode; or one part of them proves that they were made in this epoch, and another does not "
        "fit.",
        "Fetch it again from where it is stored; if it is the same there, ask its sender to send it again.",
    ),
    MessageKind.KEY_PACKAGE: About(
        "It decodes as a KeyPackage, which was validated.",
        "Add its client by a commit, if it belongs here; it is no message to the group.",
    ),
    MessageKind.GROUP_INFO: About(
        "It decodes as a GroupInfo, which was compared with the state if it is of the same epoch.",
        "Keep it for those who join by an external commit; it changes nothing for a member.",
    ),
    MessageKind.WELCOME: About(
        "It opens with a key package whose private keys were given.",
        "Join with it, and delete the private keys of the key package unless it is one of last resort.",
    ),
    MessageKind.WELCOME_FOR_OTHERS: About(
        "It holds nothing for a key package whose private keys were given.",
        "Deliver it to the clients that the commit adds. If this client is one of them, find the private keys of the "
        "key package that it names.",
    ),
    MessageKind.OTHER_GROUP: About(
        "It bears another group id than the state's.",
        "Give it to the state of the group that it names.",
    ),
    MessageKind.SUCCESSOR_GROUP: About(
        "It bears the group id that the ReInit of this group has announced.",
        "Join the new group by its Welcome, then give the message to the new state.",
    ),
    MessageKind.FUTURE_EPOCH: About(
        "It bears a later epoch than the state's. Nothing proves yet that the epoch is real.",
        "Fetch the missing commits, process them in order, then process this again.",
    ),
    MessageKind.ALREADY_PROCESSED: About(
        "It is the commit whose confirmation tag led to this epoch, or among those that were given as processed.",
        "Drop it: nothing is to do.",
    ),
    MessageKind.EPOCH_ENDED: About(
        "It is a proposal or a commit of an epoch that is over here.",
        "Drop it: another commit has ended its epoch. Its sender has to make it anew.",
    ),
    MessageKind.EPOCH_DELETED: About(
        "It is application data of an epoch that is over here, and the state has no keys of that epoch.",
        "It is lost to this member, as forward secrecy wants it. If messages and commits overtake each other, let "
        "`Policy.past_epochs` keep a few epochs.",
    ),
    MessageKind.BEFORE_JOINING: About(
        "It bears an epoch before the one in which this member came in.",
        "Drop it: this member never had its keys. Do not deliver what is older than a member.",
    ),
    MessageKind.REMOVED: About(
        "The state is the last one of a member that a commit has removed, and the message is of a later epoch or would "
        "change the group.",
        "Stop following the group. To come back, be added anew or join by an external commit.",
    ),
    MessageKind.GROUP_ENDED: About(
        "A ReInit was committed: the state knows which group comes after.",
        "Go on in the group that the ReInit has announced; this one takes nothing new.",
    ),
    MessageKind.OWN_ECHO: About(
        "Its sender is this member, and the state has already sent so far.",
        "Do not process it. Apply a commit with `apply_pending_commit`; for other messages, nothing is to do.",
    ),
    MessageKind.OWN_LEAF_TWICE: About(
        "It opens with a key of this member's own ratchet that the state has not used yet, and its signature is good.",
        "Find the other copy of this member: a second device with the same state, a backup that went on, or a state "
        "that was not kept after sending. Stop all copies, and join anew.",
    ),
    MessageKind.KEY_USED: About(
        "The sender data opens; the key of the generation that it names has been used and is deleted.",
        "Drop it: it has been read before, or somebody replays it. Deliver each message once.",
    ),
    MessageKind.KEY_EXPIRED: About(
        "The sender data opens; the generation that it names is further back than keys are kept.",
        "It is lost to this member. If messages overtake each other so far, let `RatchetLimits.behind` keep more keys.",
    ),
    MessageKind.TOO_FAR_AHEAD: About(
        "The sender data opens; the generation that it names is further on than the state will derive keys.",
        "Fetch this sender's messages that lie between. If so many are really lost, raise `RatchetLimits.forward`.",
    ),
    MessageKind.FORK: About(
        "The other side was given, and is not where this state is in the same epoch; or what it has signed is.",
        "Find the first commit that the sides do not share. One side must give up its state and join the other again; "
        "the delivery service must give all members the same commit of each epoch.",
    ),
    MessageKind.FORK_OR_DAMAGED: About(
        "Group and epoch fit, nothing opens or verifies, and nothing is known of the other side.",
        "Fetch it again; if it is the same, compare the epoch authenticator or a GroupInfo of this epoch with the "
        "sender's: if they differ, the group has forked.",
    ),
    MessageKind.MISSING_PROPOSAL: About(
        "The commit names a proposal by a reference that the state does not have.",
        "Fetch the proposals of this epoch, process them, then process the commit again.",
    ),
    MessageKind.MISSING_PSK: About(
        "The commit or the Welcome names a pre-shared key that was not given.",
        "Give the key that is named; without it this member cannot follow, and must join again.",
    ),
    MessageKind.FAILED_CHECK: About(
        "It was processed on a copy of the state up to the check that failed; the section is that of the check.",
        "Drop it: nothing has changed here. Report what failed to whoever runs its sender's client.",
    ),
    MessageKind.POLICY: About(
        "It was processed on a copy of the state up to a check that the RFC leaves to applications; the setting that "
        "decides is named.",
        "Drop it, or change the setting that is named for all members alike: what one refuses and others accept puts "
        "them out of step.",
    ),
    MessageKind.UNSUPPORTED: About(
        "It may be legal, and is not known here: a cipher suite, or a type of proposal or credential.",
        "Say so to the user; another implementation may be able to.",
    ),
}


class ErrorAdvice(NamedTuple):
    """Which kind an error is of, and its own next step; "" stands for that of the kind."""

    kind: MessageKind
    next_step: str = ""


ERRORS: dict[type[MLSError], ErrorAdvice] = {
    errors.MLSError: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.Malformed: ErrorAdvice(MessageKind.DAMAGED),
    errors.DamagedState: ErrorAdvice(
        MessageKind.DAMAGED,
        "Take the state from another copy that has never sent anything since, or join the group again.",
    ),
    errors.Violation: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.RefusedByPolicy: ErrorAdvice(MessageKind.POLICY),
    errors.Misuse: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Mend the call: what it asks for cannot be done with this state."
    ),
    errors.InvalidArgument: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Fix the call: the argument is not what the function takes."
    ),
    errors.InvalidPrivateKey: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Call it with a private key of the cipher suite's algorithm."
    ),
    errors.Unsupported: ErrorAdvice(MessageKind.UNSUPPORTED),
    errors.UnknownStateVersion: ErrorAdvice(
        MessageKind.UNSUPPORTED, "Read the state with the version that has written it."
    ),
    errors.InvalidKey: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it: its sender has put something else where a key of this cipher suite belongs."
    ),
    errors.DecryptionFailed: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "If others can open theirs, the commit is badly sealed to this member, or the state has lost a private key: "
        "join again by an external commit that replaces the old leaf.",
    ),
    errors.InvalidSignature: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it: whoever made it does not hold the key of whom it names as its signer."
    ),
    errors.InvalidTag: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not follow the commit. Compare the pre-shared keys that it names, if any: another value leads to another "
        "epoch. Otherwise its sender computes the epoch wrongly.",
    ),
    errors.InvalidLeafNode: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Drop it; the client whose leaf node it is has to make a new one. If its lifetime is the reason, compare the "
        "clocks too.",
    ),
    errors.InvalidCredential: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not trust the member: have it show a credential that its issuer vouches for."
    ),
    errors.CredentialExpired: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Have the member renew its credential and update its leaf; compare the clocks too. If it was good when this "
        "was sent, give the time as `sent_at`, and let `LifetimePolicy.catch_up` reach back so far.",
    ),
    errors.CredentialRevoked: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Have the member removed: its issuer has taken the credential back. Who cannot follow a commit for this joins "
        "again when the revoked member has been removed.",
    ),
    errors.InvalidKeyPackage: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop the key package, and have its client publish a new one."
    ),
    errors.InvalidRatchetTree: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not enter this tree. If a member lacks a capability or a key stands twice, the proposal that brings it "
        "must be left out of the commit.",
    ),
    errors.InvalidUpdatePath: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not follow the commit: its keys do not fit the tree. Its sender has to commit anew.",
    ),
    errors.InvalidProposal: ErrorAdvice(MessageKind.FAILED_CHECK, "Drop the proposal; do not commit it."),
    errors.InvalidProposalList: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not follow the commit: its proposals do not fit together. Its sender has to commit anew.",
    ),
    errors.TooManyProposals: ErrorAdvice(
        MessageKind.POLICY,
        "Commit what is waiting, or raise the limit in the policy. Drop it if its sender does nothing but propose.",
    ),
    errors.InvalidCommit: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not follow the commit. Its sender has to commit anew."
    ),
    errors.InvalidWelcome: ErrorAdvice(
        MessageKind.FAILED_CHECK,
        "Do not join with it; ask the member who committed to remove this client and add it again.",
    ),
    errors.InvalidGroupInfo: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Do not use it; ask another member for a GroupInfo."
    ),
    errors.InvalidExtension: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it; whoever made it has to leave the extension out, or put it where it belongs."
    ),
    errors.InvalidMessage: ErrorAdvice(MessageKind.FAILED_CHECK),
    errors.InvalidPreSharedKey: ErrorAdvice(
        MessageKind.FAILED_CHECK, "Drop it; its sender has to name the key with a fresh nonce of the right length."
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
        MessageKind.FAILED_CHECK, "Mend the call: name a leaf at which the group has a member."
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
"""The first reading of every error; what can be known better is looked at in `explain.py`."""


_AS_THE_OTHERS = (
    "If the other members have followed it, set the same as they do and process it again. Otherwise drop it."
)

SETTINGS: dict[str, str] = {
    "LifetimePolicy.catch_up": (
        "If this member was offline when it was sent, raise the setting and process it again, or join again by an "
        "external commit. Otherwise drop it: its sender has used a key package after its end."
    ),
    "LifetimePolicy.leeway": (
        "Compare the clocks of this member and its sender, and look at the time that was given as `sent_at`."
    ),
    "LifetimePolicy.longest": (
        "Raise the setting at all members alike, or have the client publish a key package that is valid for less long."
    ),
    "LifetimePolicy.in_trees": (
        "Join with the setting at False, for the members of the group go on with this one; or have it update its leaf "
        "first. Compare the clocks too."
    ),
    "Policy.external_commits": _AS_THE_OTHERS,
    "Policy.resyncs": _AS_THE_OTHERS,
}
"""The next step for each setting of a policy by which something is refused."""


def verdict_of(error: MLSError) -> ErrorAdvice:
    """Which kind an error is of, and the next step; for a refusal by policy that of its setting."""
    kind, step = ERRORS[type(error)]
    if isinstance(error, errors.RefusedByPolicy):
        step = step or SETTINGS.get(error.setting, "")
    return ErrorAdvice(kind, step or KINDS[kind].next_step)


def table() -> str:
    """`KINDS` as a table in Markdown."""
    rows = [f"| {kind.value} | {about.evidence} | {about.next_step} |" for kind, about in KINDS.items()]
    return "\n".join(["| kind | how it is known | next step |", "|---|---|---|", *rows])
