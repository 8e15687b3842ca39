"""Many jobs at the same time: one interface for this process, for processes of this machine, and for a cluster."""
