"""`manage.py import_messages FILE`: replay a file of messages through the verbs; safe to stop and to run again."""

import resource
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from core.workflow import VerbError
from opinions.imports import Importer, Report, chosen_stations, opened

_SHOWN = 20


class Command(BaseCommand):
    """Import messages from JSON lines."""

    help = "Replay messages (JSON lines: id, title, body, created[, reply, replied]) through the verbs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and where its messages belong."""
        parser.add_argument("file", type=Path, help="a .jsonl or .jsonl.gz file")
        parser.add_argument("--station", default="", help="code of the one station to import into")
        parser.add_argument("--town", default="", help="region code of the town to import into")
        parser.add_argument(
            "--source", default="", help="name of the source; ids are unique in it (default: file name)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report; bad lines are named by number and skipped."""
        path: Path = options["file"]
        started = time.monotonic()
        source = options["source"] or path.name
        try:
            importer = Importer(chosen_stations(options["station"], options["town"]), timezone.now())
            report = self._run(importer, path, source, quiet=options["verbosity"] == 0)
        except OSError as error:
            raise CommandError(f"这个文件打不开：{error.strerror or error}") from error
        except VerbError as error:
            raise CommandError(error.message) from error
        self._tell(report, time.monotonic() - started)

    def _run(self, importer: Importer, path: Path, source: str, *, quiet: bool) -> Report:
        with opened(path) as lines:
            total = sum(1 for line in lines if line.strip())
        report = Report()
        with opened(path) as lines, tqdm(total=total, unit="条", disable=quiet) as bar:
            for report in importer.run(lines, source):
                bar.update(report.imported + report.already + len(report.bad) - bar.n)
        return report

    def _tell(self, report: Report, seconds: float) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(
            f"导入 {report.imported} 条，以前导入过 {report.already} 条，跳过 {len(report.bad)} 条；"
            f"用时 {seconds:.1f} 秒，最多用内存 {memory:.0f} MiB"
        )
        for number, sentence in report.bad[:_SHOWN]:
            self.stderr.write(f"第 {number} 行：{sentence}")
        if len(report.bad) > _SHOWN:
            self.stderr.write(f"……还有 {len(report.bad) - _SHOWN} 行")
