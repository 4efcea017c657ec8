"""The ratchet tree and TreeKEM (RFC 9420 §4, §7).

Read `tree_math.py` (indices), `subtree.py` (nodes and their hashes), `ratchet_tree.py` (adding, updating,
removing), `parent_hash.py`, then `extensions.py`, `leaf_node.py`, `own_leaf.py` and `tree_validation.py` (which leaf
nodes a tree may have), and last `update_path.py` (how fresh keys reach all members).
"""
