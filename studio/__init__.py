"""The front doors: command line, reports and their words. The only place that joins the parts."""
