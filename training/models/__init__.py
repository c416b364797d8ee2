"""What staff learn and what is on record."""

from training.models.attempts import AnswerEvent, Attempt, AttemptState, LessonRead
from training.models.completions import Completion, CompletionRevocation, How
from training.models.curriculum import ModulePage, TrainingIndexPage
from training.models.requirements import DueRule, MaterialPolicy, Requirement, Track, TrackModule
from training.models.versions import ChangeKind, Module, ModuleVersion

__all__ = [
    "AnswerEvent",
    "Attempt",
    "AttemptState",
    "ChangeKind",
    "Completion",
    "CompletionRevocation",
    "DueRule",
    "How",
    "LessonRead",
    "MaterialPolicy",
    "Module",
    "ModulePage",
    "ModuleVersion",
    "Requirement",
    "Track",
    "TrackModule",
    "TrainingIndexPage",
]
