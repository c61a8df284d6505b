"""The line on which bells go between processes, when it is not the database's own."""
