"""What a screen shows, as values: the terminal and the workbench call these, and compute nothing themselves."""
