"""The referral form: its questions, their order, what a person answered, and the finished referral.

- ``questions``: what a question page is made of, and ``describe`` and ``layout`` for templates
- ``texts``, ``dates``: the types of single answers, with a message for each thing that can be wrong
- ``pages``: the words and fields of every page, one module a section
- ``page``, ``conditions``, ``table``: the pages in order, and when each is asked
- ``journey``: walking that table: the next page, a section's status, what is still missing
- ``forms``: from a raw form to a page's model and back
- ``answers``: everything answered so far
- ``summaries``: answers as labelled lines, for the check page, the case page and exports
- ``model``: the complete referral
"""
