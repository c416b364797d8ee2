"""Work that must be done once, though processes die: jobs on request and chores by the clock.

A job is a row. What the task queue carries is only a nudge to look at the row, so that a nudge that
is lost, doubled or late does no harm. docs/tasks.md tells the whole story.
"""
