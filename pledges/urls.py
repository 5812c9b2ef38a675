"""Signing, registry and letters."""

from django.urls import path

from pledges import api, feeds, views

app_name = "pledges"
urlpatterns = [
    path("pledges/", views.my_letters, name="mine"),
    path("pledges/steps/<str:step_public_id>/", views.sign, name="sign"),
    path("pledges/letters/<str:public_id>/", views.my_letter, name="own"),
    path("pledges/letters/<str:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("pledges/letters/<str:public_id>/renew/", views.renew, name="renew"),
    path("pledges/letters/<str:public_id>/object/", views.object_to, name="object"),
    path("pledges/letters/<str:public_id>/copy.pdf", views.my_copy, name="my-copy"),
    path("pledges/objections/<str:code>/", views.objection, name="objection"),
    path("pledges/copies/", views.copies, name="copies"),
    path("pledges/copies/<str:public_id>.pdf", views.filed_copy, name="filed-copy"),
    path("pledges/spot/", views.spots, name="spots"),
    path("pledges/spot/<str:step_public_id>/", views.spot, name="spot"),
    path("pledges/spot/<str:step_public_id>/<str:user_public_id>/", views.spot_sign, name="spot-sign"),
    path("pledges/office/", views.office, name="office"),
    path("pledges/office/letters.csv", views.office_table, name="office-table"),
    path("pledges/office/objections/<str:code>/", views.office_objection, name="office-objection"),
    path("pledges/office/objections/<str:code>/take-up/", views.take_up, name="take-up"),
    path("pledges/office/letters/<str:public_id>/", views.office_letter, name="office-letter"),
    path("pledges/office/letters/<str:public_id>/ask/", views.ask_again, name="ask-again"),
    path("pledges/office/letters/<str:public_id>/restore/", views.restore, name="restore"),
    path("pledges/archive/", views.archive, name="archive"),
    path("pledges/archive/<str:public_id>/", views.archived_letter, name="archived"),
    path("pledges/evidence/", views.evidence, name="evidence"),
    path("pledges/requests/", views.letter_requests, name="requests"),
    path("pledges/requests/<str:token>/cancel/", views.cancel_request, name="cancel-request"),
    path("pledges/r/<str:token>/", views.sign_request, name="request"),
    path("pledges/import/", views.import_letters, name="imports"),
    path("pledges/import/template.xlsx", views.import_template, name="import-template"),
    path("pledges/import/<str:public_id>/", views.letter_import, name="import"),
    path("registry/", views.registry, name="registry"),
    path("registry.csv", views.registry_csv, name="registry-csv"),
    path("registry/figures/", views.registry_figures, name="registry-figures"),
    path("registry.atom", feeds.atom, name="registry-atom"),
    path("registry.rss", feeds.rss, name="registry-rss"),
    path("verify/", views.verify, name="verify"),
    path("verify/offline.html", views.offline_page, name="check-offline"),
    path("verify/file/", views.check_file, name="check-file"),
    path("v/<str:public_id>/state", views.check_state, name="check-state"),
    path("v/<str:public_id>", views.check, name="check"),
    path("l/<str:public_id>.pdf", views.letter_pdf, name="letter-pdf"),
    path("l/<str:public_id>.json", views.letter_json, name="letter-json"),
    path("l/<str:public_id>.tlog-proof", views.letter_proof, name="letter-proof"),
    path("l/<str:public_id>/scan", views.letter_scan, name="letter-scan"),
    path("l/<str:public_id>/objection", views.public_objection, name="public-objection"),
    path("l/<str:public_id>", views.letter, name="letter"),
]

# Without language and without cookies: mounted at /api/v1/.
api_patterns = [
    path("", api.description),
    path("letters", api.letters),
    path("letters/<str:code>", api.letter),
    path("letters/<str:code>/scan", api.scan),
    path("letters/<str:code>/end", api.end),
    path("letters/<str:code>/fulfilment", api.fulfilment),
    path("webhooks", api.hooks),
    path("webhooks/<str:hook_id>", api.hook),
    path("webhooks/<str:hook_id>/deliveries", api.deliveries),
    path("webhooks/<str:hook_id>/deliveries/<str:delivery_id>/resend", api.resend),
]
