"""Files that belong to a referral: adding, checking on and removing them, and downloading.

``uploads`` is for every page where files are added. A capability says where its own stand, and
gets every page that they need::

    def _place(request: Request) -> Place:
        ...  # Raises what its other pages raise: whether files may be added is decided here.
        return Place(
            owner=reference,  # draft id or reference: whom limits count
            case_id=case_id,
            key=key,
            part="information-2",
            address=f"/referral/{reference}/information/files",  # the list; the rest is beneath it
            back=f"/referral/{reference}",
            onward=f"/referral/{reference}/information",  # where Continue leads
            heading="Add files",
            goes_with="what you send",  # "They are sent with …"
        )

    uploads.routes(information_page, "/referral/{reference}/information/files", _place)

``information_page(pattern, *, methods=("GET",))`` is the decorator that registers the
capability's pages. The routes are ``address`` (GET), ``…/allow`` (GET, POST), ``…/{id}`` (GET) and
``…/{id}/remove`` (GET, POST).

To show the same files on another page, without adding any::

    files = uploads.shown(request, place)             # tuple[uploads.Shown, ...]
    {% from "attachments/_files.html" import file_list %}   {{ file_list(files) }}

``files`` says how one file is written. The pages of a draft stand in ``web/referrals``, what a
decision-maker sees in ``web/decisions``.
"""
