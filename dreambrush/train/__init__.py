"""From a brush file to a folder that ``dreambrush paint`` can use.  torch lives here, and nowhere else."""
