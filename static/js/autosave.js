// Saves an answer as soon as it is chosen, and says so. The form itself still saves without this.

import { canReachPortal } from "./reach.js";

const OFFLINE = "Inte sparat: du verkar vara utan nät. Svaret ligger kvar på sidan; vi försöker igen.";
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30000;

export function keepSaved(form) {
  const status = form.querySelector("[data-autosave-status]");
  const sequence = form.elements.namedItem("seq");
  if (!status || !sequence) return;

  let wait = FIRST_WAIT_MS;
  let timer = 0;
  let sending = false;
  let dirty = false;
  let leaving = false;
  let reached = false;

  const say = (words, state) => {
    status.textContent = words;
    status.dataset.state = state;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };

  async function save() {
    clearTimeout(timer);
    // One at a time and always the newest: a late answer never overwrites a later one.
    if (sending || !dirty || leaving) return;
    sending = true;
    dirty = false;
    sequence.value = String(Number(sequence.value || 0) + 1);
    const body = new FormData(form);
    say("Sparar …", "saving");
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      const answer = await response.json().catch(() => ({}));
      if (response.ok && answer.saved_at) {
        wait = FIRST_WAIT_MS;
        if (!dirty) say(`Sparat ${answer.saved_at}`, "saved");
      } else if (response.status >= 500) {
        dirty = true;
        say("Inte sparat: portalen svarar inte just nu. Svaret ligger kvar på sidan; vi försöker igen.", "waiting");
        later();
      } else {
        // The server has a reason, and sending the same again would not change it. Where it gives none
        // the page is older than the session: the form itself then carries the answer along.
        say(`Inte sparat: ${answer.error || "gå vidare som vanligt, så följer svaret med."}`, "failed");
      }
    } catch {
      dirty = true;
      say(OFFLINE, "waiting");
      later();
    } finally {
      sending = false;
      if (dirty && wait === FIRST_WAIT_MS) save();
    }
  }

  form.addEventListener("change", () => {
    dirty = true;
    wait = FIRST_WAIT_MS;
    save();
  });
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine && !reached) {
      // A form sent into nothing is lost with its answer, so first see whether anyone is there.
      event.preventDefault();
      sendIfReachable(event.submitter);
      return;
    }
    // The form carries the answer now, and a number above every one that was sent before it.
    leaving = true;
    clearTimeout(timer);
    sequence.value = String(Number(sequence.value || 0) + 1);
  });

  async function sendIfReachable(submitter) {
    reached = await canReachPortal();
    if (reached) form.requestSubmit(submitter);
    else say("Du är utan nät. Svaret ligger kvar på sidan. Försök igen när nätet är tillbaka.", "waiting");
  }

  window.addEventListener("pageshow", () => {
    leaving = false;
    reached = false;
  });
  window.addEventListener("online", () => {
    wait = FIRST_WAIT_MS;
    save();
  });
  window.addEventListener("beforeunload", (event) => {
    // Nothing stands in the way of "Lämna sidan", not even an answer that is not saved.
    const quickExit = "leaving" in document.documentElement.dataset;
    if ((dirty || sending) && !leaving && !quickExit) event.preventDefault();
  });
}
