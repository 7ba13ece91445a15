"""Where pages stand: those that anybody can open, those of a draft, and a form of each kind."""

PUBLIC = (
    "/",
    "/refer",
    "/refer/form",
    "/refer/guidance",
    "/refer/lost-link",
    "/refer/lost-link/sent",
    "/refer/deleted",
    "/refer/signed-out",
    "/referral",
    "/accessibility",
    "/privacy",
    "/cookies",
    "/no-such-page",
)

OF_A_DRAFT = (
    "/refer/tasks",
    "/refer/check",
    "/refer/attachments",
    "/refer/confirm",
    "/refer/saved",
    "/refer/delete",
)

# One page with each kind of field, one that reveals, one that repeats, and those around them.
QUESTIONS = (
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
