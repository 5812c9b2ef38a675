"""Learn and train."""

from django.urls import path

from courses.views import bookings, entry, evaluation, hours, reader, sessions

app_name = "courses"
LESSON = "steps/<slug:step_public_id>/lessons/<str:slug>/"
urlpatterns = [
    path("steps/<slug:step_public_id>/", entry.step, name="step"),
    path("steps/<slug:step_public_id>/evaluation/", evaluation.evaluation, name="evaluation"),
    path(LESSON, reader.lesson, name="lesson"),
    path(f"{LESSON}projector/", reader.projector, name="projector"),
    path(f"{LESSON}sections/", reader.sections, name="sections"),
    path(f"{LESSON}questions/<slug:question_id>/", reader.answer, name="answer"),
    path(f"{LESSON}check-in/", reader.check_in, name="check-in"),
    path(f"{LESSON}finish/", reader.finish, name="finish"),
    path(f"{LESSON}played/", reader.played, name="played"),
    path("steps/<slug:step_public_id>/sessions/<slug:session_id>/sign-up/", sessions.sign_up, name="sign-up"),
    path("steps/<slug:step_public_id>/sessions/<slug:session_id>/cancel/", sessions.cancel, name="cancel-sign-up"),
    path("sessions/", bookings.bookings, name="bookings"),
    path("sessions/<slug:session_id>/book/", bookings.book, name="book"),
    path("hours/", hours.hours, name="hours"),
    path("hours/record.pdf", hours.record_pdf, name="hours-pdf"),
    path("sessions/<slug:session_id>/attendance/", sessions.attendance, name="attendance"),
    path("sessions/<slug:session_id>/code/", sessions.screen, name="screen"),
    path("sessions/<slug:session_id>/check-in/", sessions.check_in, name="check-in-session"),
]
