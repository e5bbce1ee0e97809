"""How fast it is, on the machine at hand: `make bench`, or `python -m benchmarks`.

Prints a table and keeps nothing. CPU time, not wall time, and ratios within one run: machines are noisy.
"""
