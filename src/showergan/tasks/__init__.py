"""What is learned: each task its data, features and pictures."""
