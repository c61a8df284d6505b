"""Databases: the one port, implemented."""
