"""What is taken of Snakemake."""

from snakemake.utils import update_config

__all__ = ["update_config"]
