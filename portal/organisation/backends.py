"""How an account is found."""

from django.contrib.auth.backends import ModelBackend

from portal.organisation.models import User


class PersonBackend(ModelBackend):
    """Local accounts, each fetched together with its person: every signed-in page needs both."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account, unless it may not sign in."""
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
