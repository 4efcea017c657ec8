"""The page of a report of the reviewer's desk."""

from widgets.report.report import findings_html, report_page, two_sides

__all__ = ["findings_html", "report_page", "two_sides"]
