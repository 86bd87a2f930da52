"""The economy of one initiative and of several beside each other; each method in a file of its own."""
