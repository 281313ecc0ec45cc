"""What a command says: to people while it works, and to machines."""
