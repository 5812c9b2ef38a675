"""One's own certificates, those of one's units, and the check that anybody can make."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/office/", views.office, name="office"),
    path("certificates/office/export/", views.export, name="export"),
    path("certificates/office/<str:code>/", views.office_certificate, name="office-certificate"),
    path("certificates/<str:code>.pdf", views.pdf, name="pdf"),
    path("certificates/<str:code>/", views.own, name="own"),
    path("certificates/<str:code>/name/", views.name, name="name"),
    path("c/", views.look_up, name="look-up"),
    path("c/<str:code>", views.check, name="check"),
]
