"""What the figures of showers share."""
