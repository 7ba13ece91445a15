// Every page works without this script. With it, fields count their characters, choices reveal
// what belongs to them, errors take the focus, and a session that is about to end says so.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  SkipLink,
  createAll,
} from "./govuk-frontend.min.js";
import { watchSession } from "./session.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const component of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  SkipLink,
]) {
  createAll(component);
}

document.querySelectorAll("[data-session-ends]").forEach(watchSession);
