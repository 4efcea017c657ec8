"""The page of a report of the reviewer's desk."""

from widgets.report.report import report_page

__all__ = ["report_page"]
