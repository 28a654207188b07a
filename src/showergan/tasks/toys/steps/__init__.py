"""What only toys need: discriminators before a generator that stays as it is."""
