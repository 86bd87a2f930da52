"""Side-by-side benchmarks: innomotor against idiomatic Mesa, NDlib and a fused loop; run by `make bench`."""
