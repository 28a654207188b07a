"""Functions of the steps, one each: files in and files out, in a module called like that of its recipe."""
