"""What editors do with the search's words."""
