"""The double-entry core: one door for money (`operations.post`), its proofs and its reads.

Modules import downwards: `queue` and `operations` over `queries` over `tables`; the pure ones
are `intents` (what is asked), `outcomes` (what is answered), `canonical` (what is hashed),
`keyring` (what is encrypted) and `decide` (what is allowed).
"""
