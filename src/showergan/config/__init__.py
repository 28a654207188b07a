"""Configuration: one file per section of config.yaml."""
