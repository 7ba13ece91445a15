// Sends chosen or dropped files straight to the storage, several at once, and keeps the list of
// files up to date while they are being checked.
//
// Without this script the page has a button that leads to a form for one file. Whether a file may
// be added is asked of the service for each one, by its name and size, before a byte is sent; its
// words are shown as they come. A file on its way is a row of its own, made from a template on the
// page, until the list that the service makes holds it.

import { Transfer } from "./transfer.js";

const AT_ONCE = 3;
const SOON_MS = 3 * 1000;
const LATER_MS = 10 * 1000;
const SOON_FOR_MS = 60 * 1000;
const LONGEST_MS = 15 * 60 * 1000;
const SAY_AFTER_MS = 500;

class Uploads {
  constructor(root) {
    this.root = root;
    this.waiting = [];
    this.rows = new Set();
    this.list = this.find("list");
    this.running = this.find("running");
    this.input = root.querySelector("input[type='file']");
    this.say = announcer(this.find("status"));
    this.states = statesIn(this.list);
    const { allow, list } = root.dataset;
    this.service = {
      allow: (fields) => this.post(allow, fields),
      release: (id) => this.post(`${list}/${id}/remove`),
    };
    this.openZone(this.find("zone"));
    this.list.addEventListener("click", (event) => this.askToRemove(event));
    addEventListener("beforeunload", (event) => {
      if (this.isBusy()) event.preventDefault();
    });
    this.watchChecks();
  }

  find(name) {
    return this.root.querySelector(`[data-uploads-${name}]`);
  }

  openZone(zone) {
    this.find("button").hidden = true;
    zone.hidden = false;
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
    // A file that misses the zone must not replace the page.
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => event.preventDefault());
    zone.addEventListener("dragover", () => zone.classList.add("uploads__zone--over"));
    for (const over of ["dragleave", "drop"]) {
      zone.addEventListener(over, () => zone.classList.remove("uploads__zone--over"));
    }
    zone.addEventListener("drop", ({ dataTransfer }) => this.add(dataTransfer.files));
  }

  add(files) {
    for (const file of files) {
      const row = new Row(this, file);
      this.rows.add(row);
      this.waiting.push(row);
    }
    if (files.length > 1) this.say(`${files.length} files chosen.`);
    this.sendNext();
  }

  sendNext() {
    while (this.waiting.length && this.sending().length < AT_ONCE) {
      this.waiting.shift().send();
    }
  }

  sending() {
    return [...this.rows].filter((row) => row.isSending);
  }

  isBusy() {
    return this.waiting.length > 0 || this.sending().length > 0;
  }

  drop(row) {
    const next = row.element.nextElementSibling ?? row.element.previousElementSibling;
    const hadFocus = row.element.contains(document.activeElement);
    row.element.remove();
    this.rows.delete(row);
    this.waiting = this.waiting.filter((each) => each !== row);
    this.running.hidden = !this.rows.size;
    if (hadFocus) (next?.querySelector("button:not([hidden])") ?? this.input).focus();
  }

  // The list as the service makes it now. False where it could not be had.
  async refresh() {
    const fresh = await listAt(this.root.dataset.list);
    if (!fresh) return false;
    const states = statesIn(fresh);
    this.sayChanges(states);
    if (fresh.innerHTML !== this.list.innerHTML) replaceKeepingFocus(this.list, fresh);
    this.states = states;
    for (const row of [...this.rows]) {
      if (row.isSent && states.has(row.id)) this.drop(row);
    }
    this.hideUnfinished();
    return true;
  }

  // What is on its way here stands in a row of its own already.
  hideUnfinished() {
    const ids = [...this.rows].map((row) => row.id);
    for (const item of this.list.querySelectorAll("[data-state='expected']")) {
      item.hidden = ids.includes(item.dataset.file);
    }
  }

  sayChanges(states) {
    for (const [id, { state, name, label }] of states) {
      const before = this.states.get(id);
      if (before && before.state !== state) this.say(`${name}: ${label}.`);
    }
  }

  // The answer, or null where there was none or its page says no.
  async post(address, fields = {}) {
    try {
      const body = new URLSearchParams({ csrf: this.root.dataset.csrf, ...fields });
      const response = await fetch(address, { method: "POST", body });
      const isJson = response.headers.get("Content-Type") === "application/json";
      if (isJson) return await response.json();
      return response.ok ? {} : null;
    } catch {
      return null;
    }
  }

  isChecking() {
    return this.list.querySelector("[data-state='checking']") !== null;
  }

  // Asks again while something is being checked and the page is looked at, ever less often.
  async watchChecks() {
    if (this.isWatching) return;
    this.isWatching = true;
    const started = Date.now();
    while (this.isChecking() && Date.now() - started < LONGEST_MS) {
      await pause(Date.now() - started < SOON_FOR_MS ? SOON_MS : LATER_MS);
      if (!document.hidden && !(await this.refresh())) break;
    }
    this.isWatching = false;
  }

  askToRemove(event) {
    const link = event.target.closest(".uploads__remove");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = link.closest("[data-file]").querySelector(".uploads__name").textContent;
    const question = fromTemplate(this.find("question"), name);
    document.body.append(question);
    question.addEventListener("close", () => question.remove());
    question.querySelector("[data-no]").addEventListener("click", () => question.close());
    question.querySelector("[data-yes]").addEventListener("click", async () => {
      question.close();
      await this.remove(link.href, name);
    });
    question.showModal();
  }

  async remove(address, name) {
    if (await this.post(address)) {
      await this.refresh();
      this.say(`${name} was removed.`);
      document.getElementById("files").focus();
    } else {
      // The page for it says what is wrong.
      location.assign(address);
    }
  }
}

// One file on its way, and what is seen of it.
class Row {
  constructor(uploads, file) {
    this.uploads = uploads;
    this.file = file;
    this.isSending = false;
    this.isSent = false;
    this.element = fromTemplate(uploads.find("row"), file.name);
    this.part("detail").textContent = inWords(file.size);
    this.part("badge").textContent = badge(file.name);
    this.bar = this.element.querySelector("progress");
    this.bar.setAttribute("aria-label", `Uploading ${file.name}`);
    this.element.querySelector("[data-retry]").addEventListener("click", () => this.retry());
    this.element.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    uploads.running.append(this.element);
    uploads.running.hidden = false;
  }

  get id() {
    return this.transfer?.id ?? "";
  }

  part(name) {
    return this.element.querySelector(`.uploads__${name}`);
  }

  async send() {
    this.isSending = true;
    this.show("running");
    this.progress(0);
    this.transfer ??= new Transfer(this.file, this.uploads.service);
    const { outcome, words } = await this.transfer.send((part) => this.progress(part));
    this.isSending = false;
    if (outcome === "stopped") return;
    if (outcome === "sent") await this.finish();
    else this.fail(outcome, words);
    this.uploads.sendNext();
    this.uploads.watchChecks();
  }

  async finish() {
    this.isSent = true;
    this.uploads.say(`${this.file.name} was uploaded.`);
    this.part("percent").textContent = "Uploaded";
    this.element.querySelector("[data-stop]").hidden = true;
    if (await this.uploads.refresh()) return;
    this.part("percent").textContent = "Uploaded. Refresh the page to see it";
  }

  fail(outcome, words) {
    this.show(outcome);
    this.part("problem").textContent = words;
    this.element.querySelector("[data-stop-text]").textContent = "Clear";
    this.uploads.say(`${this.file.name}: ${words}.`);
  }

  retry() {
    this.element.querySelector("[data-stop-text]").textContent = "Cancel";
    this.element.querySelector("[data-stop]").focus();
    this.show("waiting");
    this.uploads.waiting.push(this);
    this.uploads.sendNext();
  }

  // Stops it, and takes back the place that was kept for it.
  async stop() {
    const { name } = this.file;
    this.uploads.drop(this);
    await this.transfer?.stop();
    this.uploads.say(`${name} will not be uploaded.`);
    await this.uploads.refresh();
    this.uploads.sendNext();
  }

  show(state) {
    const isWrong = state === "refused" || state === "lost";
    this.part("progress").hidden = isWrong;
    this.part("problem").hidden = !isWrong;
    const tag = this.element.querySelector(".govuk-tag");
    tag.hidden = !isWrong;
    tag.textContent = state === "refused" ? "Not accepted" : "Not uploaded";
    tag.classList.toggle("govuk-tag--red", state === "refused");
    tag.classList.toggle("govuk-tag--grey", state === "lost");
    this.element.querySelector("[data-retry]").hidden = state !== "lost";
    if (state === "waiting") this.part("percent").textContent = "Waiting";
  }

  progress(part) {
    const percent = Math.floor(part * 100);
    this.bar.value = percent;
    this.part("percent").textContent = `${percent}%`;
  }
}

// Files by their id, as a list shows them.
function statesIn(list) {
  return new Map(
    [...list.querySelectorAll("[data-file]")].map((item) => [
      item.dataset.file,
      {
        state: item.dataset.state,
        name: item.querySelector(".uploads__name").textContent,
        label: item.querySelector(".govuk-tag").textContent,
      },
    ]),
  );
}

async function listAt(address) {
  try {
    const response = await fetch(address);
    if (!response.ok || response.redirected) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("[data-uploads-list]");
  } catch {
    return null;
  }
}

function replaceKeepingFocus(list, fresh) {
  const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
  list.replaceChildren(...fresh.childNodes);
  if (focused) (document.getElementById(focused) ?? document.getElementById("files")).focus();
}

// Says things one after another, a little later: a live region tells only what changes in it.
function announcer(region) {
  let pending = [];
  return (words) => {
    if (!pending.length) {
      setTimeout(() => {
        region.textContent = pending.join(" ");
        pending = [];
      }, SAY_AFTER_MS);
    }
    pending.push(words);
  };
}

function fromTemplate(template, name) {
  const made = template.content.firstElementChild.cloneNode(true);
  for (const each of made.querySelectorAll("[data-name], .uploads__name")) each.textContent = name;
  return made;
}

// As the service writes sizes: cut, not rounded.
function inWords(size) {
  const megabytes = Math.floor((size * 10) / 1024 / 1024) / 10;
  if (megabytes >= 1) return `${megabytes} MB`;
  if (size >= 1024) return `${Math.floor(size / 1024)} KB`;
  return size === 1 ? "1 byte" : `${size} bytes`;
}

function badge(name) {
  return name.includes(".") ? name.split(".").pop().slice(0, 4).toUpperCase() : "";
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

document.querySelectorAll("[data-uploads]").forEach((root) => new Uploads(root));
