"""`python -m bench [--rounds 5] [--seconds 3] [--rows 200000]`: prepares a database, measures, prints the table.

Two web workers, DEBUG off, PostgreSQL with durable commits, 8 connections, a warm-up, rounds interleaved with the
floor, medians. Figures are ratios taken in one run; an absolute rate on a shared machine proves little.
"""

import argparse
import os
import sys

os.environ.setdefault("EMBEDDED_DB", "liaison_bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ.update({"DEMO": "1", "DEBUG": "", "BEHIND_PROXY": "1"})


def main() -> int:
    """Read the arguments and run; settings must be in the environment before Django is imported."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement")
    parser.add_argument("--rows", type=int, default=200_000, help="opinions for the second half")
    parser.add_argument("--json", default="", help="also write the figures to this file")
    parser.add_argument("--pages", action="store_true", help="only what is asked over the web")
    from bench.runner import bench  # noqa: PLC0415 - Django reads the environment set above

    return bench(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
