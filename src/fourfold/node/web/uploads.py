"""Files that come by form: piece by piece to the node's own folder, never elsewhere, and not too large."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from fourfold.node.files import PIECE

LARGEST = 256 << 20
"""Bytes in the largest file that a page takes (256 MiB); a command takes larger ones."""


class RefuseFiles(FileUploadHandler):
    """No file at all: for every form but the one that asks for files."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse it; what was typed beside it stays."""
        super().new_file(*args, **kwargs)
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """There is none."""


class TakeOneFile(FileUploadHandler):
    """One file, to where the node keeps its files; it is gone again when the request is over."""

    chunk_size = PIECE

    def __init__(self, largest: int = LARGEST) -> None:
        super().__init__()
        self.largest, self.too_large, self.held = largest, False, None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; a second one is refused."""
        super().new_file(*args, **kwargs)
        if self.held is not None:
            raise SkipFile
        folder = settings.HOME.path / "attachments" / "part"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.held = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115  closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; beyond the limit nothing of it stays."""
        if start + len(raw_data) > self.largest:
            self.too_large = True
            self.held.close()
            raise SkipFile
        self.held.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, to be read from its beginning."""
        self.held.seek(0)
        return UploadedFile(self.held, self.file_name, self.content_type, file_size)

    def upload_interrupted(self) -> None:
        """Nothing stays of what broke off."""
        if self.held is not None:
            self.held.close()
