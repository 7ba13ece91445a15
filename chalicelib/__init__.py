"""Receipt of safeguarding referrals, and the decisions on them."""

import gc

# Importing the service makes a hundred thousand objects, and nearly all of them stay. Looking
# through them again and again for what may go would take a tenth of a cold start.
gc.set_threshold(100_000)
