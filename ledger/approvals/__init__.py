"""Four eyes, once for every room: what one person proposes, another one has to approve.

A proposal holds canonical bytes of exactly what is to happen, and may hold the money for it. Its
approvals name the hash of those bytes; an edit makes new bytes and voids them. Nobody approves
what he made, edited, approved before or gains from, nor what a declared relative gains from,
under whatever account, role or record: `parties` says who is the same human being. There is no
exception for anybody. The rooms above say what a kind of proposal does (`operations.kinds`).
"""
