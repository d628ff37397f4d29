"""The commands of `juang`, a module per group; each parses, makes one call, and shows.

A command opens what it needs from its `Deployment`, and is loaded only when it is run.
"""
