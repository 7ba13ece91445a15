"""The referral form: its questions, their order, what a person answered, and the finished referral.

- ``pages``: the words and fields of every page, one module a section
- ``page``, ``conditions``, ``table``: the pages in order, and when each is asked
- ``journey``: walking that table: the next page, a section's status, what is still missing
- ``answers``: everything answered so far
- ``summaries``: answers as labelled lines, for the check page, the case page and exports
- ``model``: the complete referral
"""
