"""Where uploaded files lie: whole, or not at all."""

import os
from contextlib import suppress
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Takes away what it could not write to the end: on a full disk half a photo is neither of use nor ever found."""

    def _save(self, name: str, content: Any) -> str:
        was_there = self.exists(name)  # then another name would have been taken, and this file is somebody's
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except OSError:
            if not was_there:
                with suppress(OSError):
                    os.remove(self.path(name))
            raise
