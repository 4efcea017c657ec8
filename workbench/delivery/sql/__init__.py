"""The durable store: SQLite in a file, or PostgreSQL by URL, through SQLAlchemy's Core.

`tables` declares the tables. `rows` reads and writes them in one transaction. `store` opens transactions, and turns the
errors of a database into errors of the service. `wakeups` carries wake-ups between processes.
"""

from workbench.delivery.sql.store import SqlStore

__all__ = ["SqlStore"]
