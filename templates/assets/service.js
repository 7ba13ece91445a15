// Every page works without this script. With it, fields count their characters, choices reveal
// what belongs to them, errors take the focus, and a session that is about to end says so.

import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  SkipLink,
  createAll,
} from "./govuk-frontend.min.js";
import { watchChoices } from "./choices.js";
import { watchSession } from "./session.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const component of [Button, CharacterCount, ErrorSummary, NotificationBanner, SkipLink]) {
  createAll(component);
}

watchChoices();
document.querySelectorAll("[data-session-ends]").forEach(watchSession);
