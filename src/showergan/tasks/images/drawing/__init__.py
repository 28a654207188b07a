"""What figures of pictures share."""
