"""The page: its sentences, its tables, its template."""
