// A warning five minutes before a session ends, with a button that extends it.
//
// The element is a form that posts to where sessions are extended and comes back to this page:
// without a script it is a button on the page. It carries "data-session-ends" and
// "data-session-now", both by the server's clock, because clocks of computers are often wrong.

const WARN_MS = 5 * 60 * 1000;
const CHECK_MS = 5 * 1000;

const SOON = (minutes) => `For your security, you will be signed out in ${minutes}.`;

const TEXTS = {
  soon: {
    title: "Your session is about to end",
    body: (minutes) =>
      `${SOON(minutes)} What you have typed on this page will be lost unless you stay signed in.`,
    button: "Stay signed in",
  },
  failed: {
    title: "We could not extend your session",
    body: () => "Copy anything you want to keep from this page, then reload it.",
    button: "Try again",
  },
  ended: {
    title: "Your session has ended",
    body: () => "Copy anything you want to keep from this page, then reload it to sign in again.",
    button: "",
  },
};

// Where a form that is sent after the end leads to a code page, and with it back to the form.
const KEPT_TEXTS = {
  soon: {
    ...TEXTS.soon,
    body: (minutes) =>
      `${SOON(minutes)} What you have typed stays on this page. If your session ends, select Continue: we email you a code, and then keep what you typed.`,
  },
  failed: {
    ...TEXTS.failed,
    body: () => "What you have typed stays on this page. Try again, or select Continue on the page.",
  },
  ended: {
    ...TEXTS.ended,
    body: () =>
      "What you have typed is still on this page. Close this message and select Continue: we email you a code, and then keep what you typed.",
    button: "Close",
  },
};

export function watchSession(form) {
  const texts = "sessionKept" in form.dataset ? KEPT_TEXTS : TEXTS;
  let deadline = Date.now() + remaining(form);
  const warning = new Warning(texts, async () => {
    const answer = await extended(form);
    if (answer === null) {
      warning.show("failed");
    } else {
      deadline = Date.now() + answer;
      warning.close();
    }
  });
  // Asked again and again, not once: a computer that slept does not count the time.
  const timer = setInterval(() => {
    const left = deadline - Date.now();
    if (left <= 0) {
      clearInterval(timer);
      warning.show("ended");
    } else if (left <= WARN_MS) {
      warning.show("soon", inMinutes(left));
    }
  }, CHECK_MS);
}

function remaining(form) {
  return Date.parse(form.dataset.sessionEnds) - Date.parse(form.dataset.sessionNow);
}

// The milliseconds that the session has now, or null if it was not extended.
async function extended(form) {
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-session-ends]");
    return response.ok && fresh ? remaining(fresh) : null;
  } catch {
    return null;
  }
}

function inMinutes(ms) {
  const minutes = Math.ceil(ms / 60000);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

class Warning {
  constructor(texts, extend) {
    this.texts = texts;
    this.extend = extend;
    this.state = "";
  }

  show(state, value = "") {
    // A failure stays on show until the session ends or another try succeeds.
    if (this.state === "failed" && state === "soon") return;
    this.dialog ??= this.build();
    const text = this.texts[state];
    const body = text.body(value);
    if (this.title.textContent !== text.title) this.title.textContent = text.title;
    if (this.body.textContent !== body) this.body.textContent = body;
    this.button.textContent = text.button;
    this.button.hidden = !text.button;
    // Closed with Escape, it stays closed until there is something else to say.
    if (this.state !== state && !this.dialog.open) this.dialog.showModal();
    this.state = state;
  }

  close() {
    this.state = "";
    this.dialog.close();
  }

  build() {
    const dialog = element("dialog", "session-warning", {
      "aria-labelledby": "session-warning-title",
      "aria-describedby": "session-warning-body",
    });
    this.title = element("h2", "govuk-heading-m", { id: "session-warning-title", tabindex: "-1" });
    this.body = element("p", "govuk-body", { id: "session-warning-body", "aria-live": "polite" });
    this.button = element("button", "govuk-button", { type: "button" });
    this.button.addEventListener("click", () =>
      this.state === "ended" ? this.close() : this.extend(),
    );
    dialog.append(this.title, this.body, this.button);
    document.body.append(dialog);
    return dialog;
  }
}

function element(name, className, attributes) {
  const made = document.createElement(name);
  made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
