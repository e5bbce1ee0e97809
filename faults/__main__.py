"""`python -m faults NAME [--seconds N]`"""

import argparse
import sys

from faults import backup, database, keys, logs, peers, start, stop, workers
from faults.figures import Figures, NotHere

SCRIPTS = {
    "workers": workers.killed,
    "reload": workers.reloaded,
    "database-gone": database.gone,
    "database-locked": database.locked,
    "database-busy": database.busy,
    "database-full": database.full,
    "database-slow": database.slow,
    "postgres-gone": database.postgres_gone,
    "postgres-frozen": database.postgres_frozen,
    "postgres-locked": database.postgres_locked,
    "postgres-full": database.postgres_full,
    "postgres-slow": database.postgres_slow,
    "peers": peers.four,
    "start": start.before_the_database,
    "stop": stop.drained,
    "logs": logs.full,
    "keys": keys.changed,
    "backup-sqlite": backup.of_sqlite,
    "backup-postgres": backup.of_postgres,
}


NOT_HERE = 3
"""The status of a script that needs something which this machine does not have."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m faults",
        description="Makes one fault happen to a throw-away copy of the service; fails when it is not borne.",
        epilog="\n".join(f"  {name:16} {script.__doc__}" for name, script in SCRIPTS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=[*SCRIPTS, "all"], metavar="NAME", help="one of those below, or all")
    parser.add_argument("--seconds", type=float, default=60, help="how long the fault lasts (60)")
    chosen = parser.parse_args()
    names = list(SCRIPTS) if chosen.name == "all" else [chosen.name]
    return max(run(name, chosen.seconds) for name in names)


def run(name: str, seconds: float) -> int:
    figures = Figures(name)
    try:
        SCRIPTS[name](figures, seconds)
    except NotHere as missing:
        print(f"{name}: not tried here: {missing}")
        return NOT_HERE
    return figures.close()


sys.exit(main())
