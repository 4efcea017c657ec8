"""The exports that a reader of a key schedule asks for. What a browser sends is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workbench.views.key_schedule import ExportView, KeyScheduleView, export_of

EXPORTS_AT_MOST: Final = 32
"""The number of exports that a picture keeps."""


def exported_for(view: KeyScheduleView, asked: Mapping[str, Any]) -> ExportView:
    """The export that a browser asks for, with its epoch, label, context and length (RFC 9420 §8.5).

    Raises `ValueError` for a wish that is none, `MLSError` for a length that is not possible.
    """
    match asked:
        case {"epoch": int(epoch), "label": str(label), "context": str(context), "length": int(length)}:
            exported = export_of(view, epoch, label, context, length)
        case _:
            raise ValueError("An export needs an epoch, a label, a context, and a length in bytes")
    if exported is None:
        raise ValueError(f"The exporter_secret of epoch {epoch} was not recorded")
    return exported
