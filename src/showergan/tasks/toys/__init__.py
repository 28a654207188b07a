"""Points in a plane, drawn from known distributions: a task small enough to see all of a training."""
