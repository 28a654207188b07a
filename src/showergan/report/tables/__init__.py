"""Tables of any task: one per file, which says what it is made from and when it is worth writing."""
