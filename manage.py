"""Django's command line: every administrative command of the portal starts here.

Without DATABASE_URL the embedded PostgreSQL of this machine is started for as long as the command runs.
"""

import os
import sys

from django.core.management import execute_from_command_line

from liaison.runtime.embedded import ensure, make_state_folder
from liaison.runtime.places import places
from liaison.runtime.postgres import RuntimeFault
from liaison.runtime.secrets import ensure_secrets

# These read no row, so nothing needs to run for them.
WITHOUT_DATABASE = {"collectstatic", "findstatic", "help", "version", "--help", "--version", "startapp"}


def main() -> int:
    """Run the command given on the command line with the portal's settings; the exit code is the shell's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    try:
        if WITHOUT_DATABASE.isdisjoint(sys.argv[1:2]):
            ensure()
        elif not os.environ.get("DATABASE_URL"):
            make_state_folder(places())
            ensure_secrets(places().state)
    except RuntimeFault as fault:
        print(fault, file=sys.stderr)
        return 1
    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
