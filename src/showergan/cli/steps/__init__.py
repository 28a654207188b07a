"""What steps do, a file each with a function `run`: files in, files out; its recipe is in `config.recipes`."""
