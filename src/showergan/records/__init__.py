"""Records of the origin of each file, and the checks and summaries made from them."""
