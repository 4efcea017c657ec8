"""The structs of RFC 9420 as data, and their encoding: `encode(value)`, `decode(Struct, data)`.

Read `shapes` (what an annotation says about bytes) and `code_points`; then the structs: `labels`, `tree`, `extensions`,
`proposals` and `messages`; then `codec` (the two functions, compiled once per struct), and `lengths`.
`stored` has structs that are not in the RFC: the form in which a member writes its state down.
"""
