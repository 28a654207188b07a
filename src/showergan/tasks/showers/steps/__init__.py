"""What only showers need: where they come from, and the embedding."""
