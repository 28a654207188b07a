"""Catalogue of figures and tables: plain data, by which the workflow and the command line know them.

`any_task` has those of any task, and a module that is called like a task those of that task alone.
"""
