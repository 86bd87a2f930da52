"""Excel in and out: a template with drop-downs, an import that loses nothing, every table of a report."""
