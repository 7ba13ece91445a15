"""Where the pages stand that anybody can open, and a form page of each kind."""

PUBLIC = (
    "/",
    "/refer",
    "/refer/form",
    "/refer/guidance",
    "/refer/lost-link",
    "/referral",
    "/accessibility",
    "/privacy",
    "/cookies",
    "/no-such-page",
)

# One page with each kind of field, one that reveals, one that repeats, and those around them.
OF_A_DRAFT = (
    "/refer/tasks",
    "/refer/check",
    "/refer/triage/purpose",
    "/refer/triage/danger",
    "/refer/referrer/contact",
    "/refer/child/birth",
    "/refer/child/ethnicity",
    "/refer/family/person",
    "/refer/family/person/1",
    "/refer/incident/account",
    "/refer/criteria/grounds",
)
