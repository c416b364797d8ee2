"""The page where a person sees how far their own job has come."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.jobs.models import Job, JobState


@never_cache
@require_safe
@login_required
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the job to whoever started it; for everyone else there is none."""
    found = get_object_or_404(Job.objects.owned_by(request.user), pk=job_id)
    return render(request, "portal/job.html", {"job": found, "State": JobState})
