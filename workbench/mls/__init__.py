"""Messaging Layer Security, RFC 9420: a pure implementation, made to be read."""
