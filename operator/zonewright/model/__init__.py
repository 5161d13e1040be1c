"""Values without I/O: what every stage hands to the next. Imports nothing of ours."""
