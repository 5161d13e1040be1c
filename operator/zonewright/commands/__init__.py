"""Commands that look before anything is done, or that people give once: plan, explain, adopt, purge."""
