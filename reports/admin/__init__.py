"""Cases, and what hangs on them, in the staff's admin: looked at here, decided on the screens made for it.

Nothing here is edited: a status changes by a decision, a decision by another decision, and the published grounds and
clauses with a release (``reports.grounds``).
"""

from reports.admin import hearing_pages, pages, queue_pages, sections

__all__ = ["hearing_pages", "pages", "queue_pages", "sections"]
