"""The time-driven way in: the timetable, and one small file per job.

A job loops over one operation of the ledger or of the models, one database transaction per
item, so that a run can be stopped and taken up again. The rule that decides lives in the room
of its subject, never here.
"""
