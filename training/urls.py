"""Addresses of training. The catalogue and the modules' own pages are in the page tree."""

from django.urls import path

from training.views import certificates, learning, managers, quizzes

app_name = "training"
QUIZ = "utbildning/<slug:module>/kunskapstest/"
urlpatterns = [
    path("min-utbildning/", learning.my_training, name="mine"),
    path(QUIZ, quizzes.start, name="quiz"),
    path(f"{QUIZ}<uuid:guid>/oversikt/", quizzes.review, name="quiz_review"),
    path(f"{QUIZ}<uuid:guid>/resultat/", quizzes.result, name="quiz_result"),
    path(f"{QUIZ}<uuid:guid>/<int:number>/", quizzes.question, name="quiz_question"),
    path(f"{QUIZ}<uuid:guid>/<int:number>/svar/", quizzes.autosave, name="quiz_autosave"),
    path("utbildning/<slug:module>/<slug:lesson>/", learning.lesson, name="lesson"),
    path("intyg/verifiera/", certificates.verify, name="verify_form"),
    path("intyg/verifiera/<str:code>/", certificates.verify, name="verify"),
    path("intyg/<str:code>/", certificates.certificate, name="certificate"),
    path("chef/", managers.overview, name="manager"),
    path("chef/enhet/<int:pk>/", managers.unit, name="manager_unit"),
]
