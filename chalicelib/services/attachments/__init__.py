"""Files that come with a referral.

- ``keeping``: forms to send them by, where they stand, and downloads
- ``checking``: what becomes of them once they came in, and their end
"""

from chalicelib.services.attachments.keeping import Allowed, AttachmentService, Held

__all__ = ["Allowed", "AttachmentService", "Held"]
