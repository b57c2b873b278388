"""The floor's settings: the portal's own, full middleware included, with the floor's four pages instead."""

from liaison.settings import *  # noqa: F403

ROOT_URLCONF = "bench.floor"
