"""What to change at a name: pure, and local to the name. `plan.plan_name` is the way in."""
