"""The pages, one module each: what is answered at their addresses."""
