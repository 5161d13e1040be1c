"""A table outside of DNS that says whose records are, read and written together with a provider's zones."""
