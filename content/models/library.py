"""What was loaded from the files, so that an editor's change is never overwritten."""

from django.db import models


class LibraryRecord(models.Model):
    """One file, or one row of a file, as it was loaded.

    `file_hash` is of what the file said, `stored_hash` of what the portal held right after. If the
    portal holds something else now, an editor has changed it and the file keeps its hands off.
    """

    key = models.CharField(max_length=255, unique=True)
    file_hash = models.CharField(max_length=64)
    stored_hash = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "inläst fil"
        verbose_name_plural = "inlästa filer"

    def __str__(self) -> str:
        return self.key
