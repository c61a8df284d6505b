"""What `make bench` runs: what we cost, as ratios to a yardstick measured in the same run. See `__main__`."""
