"""The structs of RFC 9420 as data, and their encoding: `encode(value)`, `decode(Struct, data)`.

Read `shapes` (what an annotation says about bytes), `code_points`, `tree` and `messages` (the structs), then
`codec` (the two functions, compiled once per struct), `lengths` and `reader` (the same decoding, knowing where it is).
`stored` has structs that are ours alone: what a member puts away.
"""
