"""Drills, exams and self-assessments."""

from django.urls import URLPattern, URLResolver, path

from exams.views import appeals, byhand, door, exam, invigilation, pages, pictures, pulse, saving, units

app_name = "exams"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("steps/<slug:step_public_id>/", pages.step, name="step"),
    path("steps/<slug:step_public_id>/start/", pages.start, name="start"),
    path("seb/exam.seb", door.seb_config, name="seb-config"),
    path("seb/quit/", door.seb_quit, name="seb-quit"),
    path("sessions/", invigilation.sessions, name="sessions"),
    path("sessions/<slug:public_id>/", invigilation.invigilator, name="invigilator"),
    path("sessions/<slug:public_id>/code/", invigilation.code, name="code"),
    path("sessions/<slug:public_id>/<slug:attempt_id>/", invigilation.candidate, name="candidate"),
    path("units/", units.units, name="units"),
    path("units/<slug:step_public_id>/<str:code>/", units.unit, name="unit"),
    path("attempts/<slug:public_id>/appeal/", appeals.appeal, name="appeal"),
    path("marking/", byhand.queue, name="marking"),
    path("marking/<slug:public_id>/", byhand.mark, name="mark"),
    path("marking/<slug:public_id>/draft/", byhand.draft, name="mark-draft"),
    path("marking/<slug:public_id>/pictures/<slug:picture_id>.<slug:token>/", byhand.picture, name="mark-picture"),
    path("attempts/<slug:public_id>/", pages.attempt, name="attempt"),
    path("attempts/<slug:public_id>/answers/", saving.answers, name="answers"),
    path("attempts/<slug:public_id>/pen/", saving.pen, name="pen"),
    path("attempts/<slug:public_id>/pictures/<slug:picture_id>.<slug:token>/", pictures.picture, name="picture"),
    path("attempts/<slug:public_id>/pulse/", pulse.pulse, name="pulse"),
    path("attempts/<slug:public_id>/continue/", door.go_on, name="continue"),
    path("attempts/<slug:public_id>/submit/", exam.submit, name="submit"),
    path("attempts/<slug:public_id>/result/", pages.result, name="result"),
]
