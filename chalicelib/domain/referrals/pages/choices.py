"""Options that several pages share."""

from chalicelib.domain.forms.questions import Choice


class YesNo(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"


class YesNoUnknown(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"
