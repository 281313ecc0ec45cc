"""A call for applications: who asks for what, under which rules, and what may be awarded."""
