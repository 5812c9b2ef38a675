"""Addresses of the workplace."""

from django.urls import path

from dashboards.views import city, reports, units

app_name = "dashboards"
urlpatterns = [
    path("dashboards/", units.start, name="start"),
    path("dashboards/people/<str:public_id>/", units.person, name="person"),
    path("dashboards/<str:code>/", units.unit, name="unit"),
    path("dashboards/<str:code>/remind/", units.remind, name="remind"),
    path("dashboards/<str:code>/export/", units.export, name="export"),
    path("city/", city.city, name="city"),
    path("city/export/", city.export, name="city-export"),
    path("reports/", reports.reports, name="reports"),
    path("reports/new/<str:code>/", reports.new_report, name="new-report"),
    path("reports/<slug:public_id>/", reports.report, name="report"),
    path("reports/<slug:public_id>/discard/", reports.discard, name="discard-report"),
    path("reports/<slug:public_id>.<slug:kind>", reports.report_file, name="report-file"),
]
