"""Plain Python: tasks, and a page made of the standard library."""
