"""The Chalice app: what Lambda and ``chalice local`` load. No logic lives here."""

from chalice.app import Chalice

from chalicelib import logs
from chalicelib.jobs import jobs
from chalicelib.web.decisions import decisions
from chalicelib.web.drafts import drafts
from chalicelib.web.pages import every_answer
from chalicelib.web.referrals import referrals
from chalicelib.web.referrals.papers import papers
from chalicelib.web.site import site
from chalicelib.web.updates import updates

logs.configure()

app = Chalice(app_name="referrals", configure_logs=False)
app.register_middleware(every_answer, "http")
app.register_blueprint(site)
app.register_blueprint(papers)
app.register_blueprint(referrals)
app.register_blueprint(drafts)
app.register_blueprint(decisions)
app.register_blueprint(updates)
app.register_blueprint(jobs)
