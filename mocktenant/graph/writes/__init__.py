"""What the methods other than GET do: functions of the table's rows, a file for each subject."""
