// Sends one file to the storage: asks for a permit, posts the file with it, tells how far it is.
//
// "send" answers with an outcome and words for it. "refused": this file will not do. "lost": the
// same may be tried again. "stopped": somebody changed their mind.

const PERMIT_MS = 10 * 60 * 1000;
const STALLED_MS = 60 * 1000;

const NOT_ASKED =
  "We could not upload this file. Try again. If it fails again, refresh the page: you may have been signed out";
const LOST = "The connection was lost, so this file was not uploaded. Try again";
const NOT_TAKEN = "This file could not be stored. Check that it opens, then add it again";

export class Transfer {
  // "service" has "allow", which gives a permit or the words of a problem, and "release", which
  // takes back the place that a permit kept.
  constructor(file, service) {
    this.file = file;
    this.service = service;
    this.id = "";
  }

  async send(tell) {
    this.isStopped = false;
    const problem = await this.ask();
    if (this.isStopped) {
      await this.release();
      return { outcome: "stopped" };
    }
    return problem ?? this.post(tell);
  }

  async stop() {
    this.isStopped = true;
    this.request?.abort();
    await this.release();
  }

  async ask() {
    if (this.permit && Date.now() - this.askedAt < PERMIT_MS) return null;
    await this.release();
    const answer = await this.service.allow({
      name: this.file.name.replace(/\p{Cc}/gu, " "),
      size: this.file.size,
    });
    if (answer?.problem) return { outcome: "refused", words: answer.problem };
    if (!answer?.url) return { outcome: "lost", words: NOT_ASKED };
    this.permit = answer;
    this.id = answer.id;
    this.askedAt = Date.now();
    return null;
  }

  async release() {
    const { id } = this;
    this.id = "";
    this.permit = null;
    if (id) await this.service.release(id);
  }

  post(tell) {
    const request = new XMLHttpRequest();
    this.request = request;
    return new Promise((resolve) => {
      let stalled;
      const end = (outcome, words) => {
        clearTimeout(stalled);
        resolve({ outcome, words });
      };
      // A connection that is lost without a word is noticed by its silence.
      const listen = () => {
        clearTimeout(stalled);
        stalled = setTimeout(() => {
          request.abort();
          end("lost", LOST);
        }, STALLED_MS);
      };
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        listen();
        tell(loaded / total);
      });
      request.addEventListener("load", () => end(...this.answered(request.status)));
      request.addEventListener("error", () => end("lost", LOST));
      request.addEventListener("abort", () => end("stopped"));
      request.open("POST", this.permit.url);
      listen();
      request.send(this.form());
    });
  }

  // The storage reads no field that stands behind the file.
  form() {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.permit.fields)) form.append(name, value);
    form.append("file", this.file);
    return form;
  }

  answered(status) {
    if (status >= 200 && status < 300) return ["sent"];
    // An outdated permit is asked for anew.
    this.askedAt = 0;
    return status === 400 ? ["refused", NOT_TAKEN] : ["lost", LOST];
  }
}
