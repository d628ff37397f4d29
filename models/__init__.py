"""Rules, features, training and scoring of the debt-risk flag, and the simulator.

May read the ledger through its queries; the ledger never imports this package. What is computed
here is statistics: floats are at home, money is not. Nothing here posts.
"""
