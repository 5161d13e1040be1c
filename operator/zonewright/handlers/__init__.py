"""All that knows kopf. Handlers remember and mark dirty; the work is done elsewhere."""
