"""After the commit."""
