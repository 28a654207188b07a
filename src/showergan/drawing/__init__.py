"""What figures and tables share: how they register, what they are made from, how they look."""
