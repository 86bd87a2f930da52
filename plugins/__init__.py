"""The systems that come with innomotor as plugins, one folder each. How to write one: README.md beside this file."""
