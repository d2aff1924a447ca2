"""What `duet bench` runs. Each module is one bench; what it measures it measures side by side, in one run."""
