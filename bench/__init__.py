"""`make bench`: how the portal measures against a minimal Django view, in the same run."""
