"""The words and fields of every page, one module a section."""
