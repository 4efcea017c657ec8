"""Interactive pictures of the engine: each is a folder with its Python class, plain ES modules, styles and words."""

from widgets.compromise import Compromise
from widgets.controls import Controls
from widgets.derivation_graph import DerivationGraph
from widgets.group_diff import GroupDiff
from widgets.inspector import Inspector
from widgets.key_lifetimes import KeyLifetimes
from widgets.key_schedule import KeySchedule
from widgets.playground import Playground
from widgets.prediction import predict
from widgets.ratchet_tree import RatchetTree, side_by_side
from widgets.room import Room
from widgets.secret_tree import SecretTree
from widgets.security_matrix import SecurityMatrix
from widgets.server_knowledge import ServerKnowledge
from widgets.shared.workspace import Workspace
from widgets.timeline import Timeline
from widgets.wire_inspector import WireInspector

__all__ = [
    "Compromise",
    "Controls",
    "DerivationGraph",
    "GroupDiff",
    "Inspector",
    "KeyLifetimes",
    "KeySchedule",
    "Playground",
    "RatchetTree",
    "Room",
    "SecretTree",
    "SecurityMatrix",
    "ServerKnowledge",
    "Timeline",
    "WireInspector",
    "Workspace",
    "predict",
    "side_by_side",
]
