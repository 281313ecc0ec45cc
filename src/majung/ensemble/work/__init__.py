"""Who works on blocks: the threads of this process, or a cluster."""
