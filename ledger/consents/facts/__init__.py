"""Facts of participants, for disaggregation only: optional, dated, each resting on a consent."""
