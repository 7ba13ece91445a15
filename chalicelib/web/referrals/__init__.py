"""The referrer's pages: start, task list, questions, check, sent.

- ``drafts``: the cookie that leads to a draft, and the route of every page that needs one
- ``addresses``: where each page stands, and where to go after it
- ``start``: the start page and the task list
- ``sheets``: a question form as it is shown, filled, refused or overtaken
- ``questions``: asking and saving
- ``entries``: the lists of pages that are asked for each of several things
- ``attachments``: the files of a draft
- ``sending``: checking, sending and what comes after
"""

from chalicelib.web.referrals import attachments, entries, questions, sending, start
from chalicelib.web.referrals.drafts import referrals

__all__ = ["attachments", "entries", "questions", "referrals", "sending", "start"]
