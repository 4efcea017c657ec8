"""The tables of the delivery service: `delivery/rows.py` explains the columns.

An MLS group id may have any length; `checks` limits it, so that it fits into an index.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up: SQLite does so only for its INTEGER."""

devices = Table(
    "devices",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("device", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False, index=True),
    Column("cipher_suite", Integer, nullable=False),
    Column("signature_key", LargeBinary, nullable=False),
    Column("since", BigInteger),
)

tickets = Table(
    "tickets",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
)

key_packages = Table(
    "key_packages",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("reference", LargeBinary, nullable=False, unique=True),
    Column("device", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("cipher_suite", Integer, nullable=False),
    Column("init_key", LargeBinary, nullable=False, unique=True),
    Column("not_after", BigInteger, nullable=False, index=True),
    Column("last_resort", Boolean, nullable=False),
    Column("message", LargeBinary),
    Index("offered", "user", "cipher_suite", "last_resort", "number"),
)

groups = Table(
    "groups",
    metadata,
    Column("group_id", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("late_epochs", BigInteger, nullable=False),
    Column("external_joins", Text, nullable=False),
    Column("group_info", LargeBinary),
)

entries = Table(
    "entries",
    metadata,
    Column("group_id", LargeBinary, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("content_type", Integer),
    Column("message", LargeBinary, nullable=False),
    Column("sent_at", BigInteger),
    Column("sender", Text, nullable=False),
    Column("void", Boolean, nullable=False),
    Column("reopens", BigInteger),
    Column("digest", LargeBinary),
    PrimaryKeyConstraint("group_id", "index"),
    Index("sent", "group_id", "digest", unique=True),
    Index("endings", "group_id", "epoch", "content_type"),
)

members = Table(
    "members",
    metadata,
    Column("group_id", LargeBinary, nullable=False),
    Column("device", Text, nullable=False, index=True),
    Column("next_index", BigInteger, nullable=False),
    Column("joined", BigInteger, nullable=False),
    Column("active", BigInteger),
    PrimaryKeyConstraint("group_id", "device"),
    Index("slowest", "group_id", "next_index"),
)

welcomes = Table(
    "welcomes",
    metadata,
    Column("group_id", LargeBinary, nullable=False),
    Column("next_index", BigInteger, nullable=False),
    Column("welcome", LargeBinary, nullable=False),
    Column("sent_at", BigInteger),
    PrimaryKeyConstraint("group_id", "next_index"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("reference", LargeBinary, nullable=False, index=True),
    Column("device", Text, nullable=False, index=True),
    Column("group_id", LargeBinary, nullable=False),
    Column("next_index", BigInteger, nullable=False),
    Index("invited", "group_id", "next_index"),
)

reports = Table(
    "reports",
    metadata,
    Column("group_id", LargeBinary, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("device", Text, nullable=False),
    PrimaryKeyConstraint("group_id", "index", "device"),
)

buckets = Table(
    "buckets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Float, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("group_id", LargeBinary, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("chain", "number"),
)
