"""Speed: what we reach beside what this machine can do, measured in the same run (design.md §6).

`python -m benchmarks [names…] [--quick] [--json FILE]`; docs/benchmarks.md explains the figures.
Each name is one module with a `run`. They bring their own PostgreSQL with its default
durability, write to a temporary folder on disk, and repeat by seed. They are not timed tests.
"""
