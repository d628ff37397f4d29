"""Wages: contracts, slips from gross to net, and what the law of the place says of them.

A slip keeps three facts apart: what the contract promises, what she signed for, and what she was
given. It is a record like any other (amended and deleted by the id of any version), whose gross is
booked whole: what was kept from her wage is booked although no cash moved (SDG 10.7.1). Names of
employers and agencies are texts of hers.
"""
