"""Tables of any task: functions that the catalogue names, data frames in and a `Table` or a text out."""
