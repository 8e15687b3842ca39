"""A painting as a file, finished or not."""
