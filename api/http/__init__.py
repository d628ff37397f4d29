"""The HTTP API under /v1: how the phone app, its back end and other programs reach the ledger.

`app.py` puts it together. A room's routes are one module in `routes/`: a list of `Operation`s
(`calls.py`), each of which says who may call it, what the policy is asked, what body and
parameters it takes. What is not declared there is not reachable, and nothing is read that is not
declared. The core is synchronous: reads run in worker threads, everything that writes goes
through the ledger's posting queue, in whose transaction it commits (docs/decisions/0030).
"""
