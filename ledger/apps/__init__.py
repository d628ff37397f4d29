"""Apps: the back ends that bring persons in, the phones they come in with, what phones ask twice.

An integrator's back end has a client key. It onboards a person and gets a code for her phone; the
phone exchanges the code, once, for a session bound to its own key (docs/decisions/0031). What
opens anything is kept as a hash. A request that is no entry keeps its answer under the key that
the app chose for it, in the same transaction (docs/decisions/0032).
"""
