"""Messaging Layer Security, RFC 9420: pure, whole, and made to be read.

Nothing in this package does I/O, reads a clock, draws random numbers or writes logs. Entropy and time are arguments; a
state is a value, and every function returns the next one.

Reading order, with the sections of RFC 9420 that each part holds:

1. `errors`      what can go wrong, and whose fault it is; `when`: the time at which what expires is judged
2. `wire`        every struct, as data, and its codec: `shapes`, `values`, `lengths`, `lazy`, `codec` (§2.1),
                 `code_points` (§17), `labels` (§5.1, §5.2, §8), `tree` (§5.3, §7, §10), `extensions` (§11.1 and
                 others), `proposals` (§8.4, §12), `messages` (§6, §8, §12.4.3); `stored`, the form in which a member
                 writes its state down; `arguments`, the check of a caller's arguments
3. `crypto`      the cipher suites and their labelled functions (§5), signers (§5.1.2), HPKE (RFC 9180), entropy,
                 credentials (§5.3)
4. `tree`        tree math (App. C), the ratchet tree and its hashes (§4, §7), update paths: TreeKEM (§7.4 to §7.6)
5. `schedule`    transcript hashes (§8.2), pre-shared keys (§8.4), the key schedule (§8), the secret tree (§9)
6. `framing`     signing content (§6.1), PublicMessage (§6.2), PrivateMessage (§6.3)
7. `group`       key packages (§10), proposals (§12.1 to §12.3), commits (§12.4), Welcome (§12.4.3),
                 a member's state, and the calls that lead from one state to the next
"""

from workbench.mls.crypto.ciphersuite import (
    CIPHER_SUITES,
    CipherSuite,
    HPKEKeyPair,
    SignatureKeyPair,
    cipher_suite,
)
from workbench.mls.crypto.credentials import AuthenticationService, TrustAnchors, presented_identities
from workbench.mls.crypto.signer import Signer, SigningKey
from workbench.mls.errors import Malformed, Misuse, MLSError, Unsupported, Violation
from workbench.mls.framing.padding import Padding, Padme, ToMultiple
from workbench.mls.group.bundle import KeyPackageBundle, create_key_package
from workbench.mls.group.commit import PendingCommit, Removed, create_commit
from workbench.mls.group.custom_proposals import CustomProposalType
from workbench.mls.group.external_commit import PendingExternalCommit, external_commit
from workbench.mls.group.external_proposals import propose_external, propose_self_add
from workbench.mls.group.framing import Framing
from workbench.mls.group.group import (
    ApplicationMessage,
    Proposed,
    Protected,
    Received,
    create_group,
    drop_proposal,
    export_secret,
    group_info,
    process,
    propose,
    propose_update,
    protect,
)
from workbench.mls.group.group_info import public_group
from workbench.mls.group.key_package import is_last_resort, key_package_ref, validate_key_package
from workbench.mls.group.pending_commit import apply_pending_commit
from workbench.mls.group.public_commit import EpochAdvanced, ProposalQueued
from workbench.mls.group.public_group import Policy, ProposalSender, PublicGroup, SentProposal
from workbench.mls.group.public_observer import (
    EncryptedApplicationData,
    EncryptedHandshake,
    Observed,
    VerifiedGroupInfo,
    observe,
)
from workbench.mls.group.reinit_and_branch import branch_group, reinit_group
from workbench.mls.group.state import GroupState, ReadableEpoch, Renewal
from workbench.mls.group.stored_pending_commit import read_pending_commit, write_pending_commit
from workbench.mls.group.stored_state import read_bundle, read_state, write_bundle, write_state
from workbench.mls.group.welcome import join
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.tree.leaf_node import LifetimePolicy
from workbench.mls.tree.negotiation import lacking, shared_capabilities
from workbench.mls.tree.own_leaf import default_capabilities, new_lifetime
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.messages import MLSMessage, Welcome
from workbench.mls.wire.proposals import (
    Add,
    CustomProposal,
    ExternalPSK,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    ReInit,
    Remove,
    ResumptionPSK,
    Update,
)
from workbench.mls.wire.tree import (
    BasicCredential,
    Capabilities,
    Certificate,
    Credential,
    Extension,
    KeyPackage,
    LeafNode,
    Lifetime,
    RatchetTreeExtension,
    X509Credential,
)

__all__ = [
    "CIPHER_SUITES",
    "Add",
    "ApplicationMessage",
    "AuthenticationService",
    "BasicCredential",
    "Capabilities",
    "Certificate",
    "CipherSuite",
    "Credential",
    "CustomProposal",
    "CustomProposalType",
    "EncryptedApplicationData",
    "EncryptedHandshake",
    "EpochAdvanced",
    "Extension",
    "ExternalPSK",
    "Framing",
    "GroupContextExtensions",
    "GroupState",
    "HPKEKeyPair",
    "KeyPackage",
    "KeyPackageBundle",
    "LeafIndex",
    "LeafNode",
    "Lifetime",
    "LifetimePolicy",
    "MLSError",
    "MLSMessage",
    "Malformed",
    "Misuse",
    "NodeIndex",
    "Observed",
    "Padding",
    "Padme",
    "PendingCommit",
    "PendingExternalCommit",
    "Policy",
    "PreSharedKey",
    "PreSharedKeyID",
    "ProposalQueued",
    "ProposalSender",
    "Proposed",
    "Protected",
    "PublicGroup",
    "RatchetLimits",
    "RatchetTree",
    "RatchetTreeExtension",
    "ReInit",
    "ReadableEpoch",
    "Received",
    "Remove",
    "Removed",
    "Renewal",
    "RequiredCapabilities",
    "ResumptionPSK",
    "SentProposal",
    "SignatureKeyPair",
    "Signer",
    "SigningKey",
    "ToMultiple",
    "TrustAnchors",
    "Unsupported",
    "Update",
    "VerifiedGroupInfo",
    "Violation",
    "Welcome",
    "X509Credential",
    "apply_pending_commit",
    "branch_group",
    "cipher_suite",
    "create_commit",
    "create_group",
    "create_key_package",
    "decode",
    "default_capabilities",
    "drop_proposal",
    "encode",
    "export_secret",
    "external_commit",
    "group_info",
    "is_last_resort",
    "join",
    "key_package_ref",
    "lacking",
    "new_lifetime",
    "observe",
    "presented_identities",
    "process",
    "propose",
    "propose_external",
    "propose_self_add",
    "propose_update",
    "protect",
    "public_group",
    "read_bundle",
    "read_pending_commit",
    "read_state",
    "reinit_group",
    "shared_capabilities",
    "validate_key_package",
    "write_bundle",
    "write_pending_commit",
    "write_state",
]
