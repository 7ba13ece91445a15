"""The peer: the same question pages as a Flask app of the usual kind.

Flask, WTForms, Flask-WTF and ``govuk-frontend-wtf``, used as their own documents say. Where there
was a choice, the peer has the cheaper half: answers are kept in a dictionary and not encrypted,
there is no log, no security header, and no gateway's event to translate.
"""
