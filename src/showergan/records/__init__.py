"""Records of what made each file, and what reads them."""
