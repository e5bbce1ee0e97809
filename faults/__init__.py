"""Faults, made to happen to a throw-away copy of the service on this machine.

    python -m faults                    # what there is
    python -m faults workers            # one fault, for a minute
    python -m faults workers --seconds 5

Each script prints its figures, and ends with status 1 when one of them is not met. It listens on loopback
only, keeps everything in a folder of its own under /tmp, and stops by itself.
"""
