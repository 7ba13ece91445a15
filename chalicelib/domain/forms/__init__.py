"""What every form is made of, whichever capability asks.

- ``questions``: what a question page is made of, and ``describe`` and ``layout`` for templates
- ``texts``, ``dates``: the types of single answers, with a message for each thing that can be wrong
- ``parsing``: from a raw form to a page's model and back
"""
