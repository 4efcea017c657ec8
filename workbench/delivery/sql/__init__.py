"""The durable store: SQLite in a file, or PostgreSQL by URL, through SQLAlchemy's Core.

`tables` declares what is kept, `rows` reads and writes it in one transaction, `store` opens transactions, and says in
the service's own errors what a database that fails means. `wakeups` carries wake-ups between processes.
"""

from workbench.delivery.sql.store import SqlStore

__all__ = ["SqlStore"]
