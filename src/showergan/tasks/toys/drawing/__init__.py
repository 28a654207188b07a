"""What several figures of toys share."""
