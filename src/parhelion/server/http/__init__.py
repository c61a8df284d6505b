"""HTTP: the table as routes, a request as arguments, who may, errors as bodies."""

from .application import Application

__all__ = ["Application"]
