"""A unit's own routine from a template: its manager fills it in, all who work there read it."""
