"""What the house adds to Wagtail."""

from typing import Any

from wagtail import hooks

from portal.audit import Action


@hooks.register("register_log_actions")
def register_audit_actions(actions: Any) -> None:
    """Name the audit trail's actions, so that they show in Wagtail's history."""
    for action in Action:
        actions.register_action(action.value, action.label, action.label)
