from .file_table import file_table as file_table
