"""HTTP: the table as routes, a request as arguments, who may, errors as bodies."""

from .application import STEERING, Application

__all__ = ["STEERING", "Application"]
