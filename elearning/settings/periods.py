"""What runs again and again by itself."""

# Kind of job: every so many seconds. One row each; both workers keep it going.
PERIODIC_JOBS: dict[str, int] = {
    "audit.seal": 60,
    "ledger.sequence": 5,
    "exams.sweep": 15,
    "exams.prepare": 60,
    "exams.note_uses": 3600,
    "courses.tell_tomorrow": 1800,
    "jobs.prune": 6 * 3600,
    "cms.publish_scheduled": 300,
    "pledges.log_letters": 3600,
    "pledges.expire": 3600,
    "pledges.missing_pdfs": 60,
    "pledges.keep_list": 600,
    "pledges.compare_list": 24 * 3600,
    "organisations.prune_rosters": 6 * 3600,
    "organisations.prune_doors": 24 * 3600,
    "organisations.forget_refused": 6 * 3600,
    "programmes.look_again": 3600,
    "programmes.count": 10,
    "programmes.fold": 60,
    "programmes.remind": 1800,
    "programmes.forecast": 6 * 3600,
    "programmes.keep_figures": 12 * 3600,
    "privacy.prune": 24 * 3600,
    "dashboards.count_exams": 600,
}
