"""What a scan leaves behind for people and machines: one file per format, and the evidence tree."""
