// "Lämna sidan": the page is gone at once, and Back does not lead to it.

const PRESSES = 3;
const WITHIN_MS = 5000;

export function guardExit() {
  const link = document.querySelector("[data-exit]");
  if (!link) return;
  const root = document.documentElement;

  const leave = () => {
    root.dataset.leaving = "";
    document.title = link.hostname;
    // replace, so that this page is not what Back leads to
    window.location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Either Shift counts, and any other key in between starts over: writing a capital is not leaving.
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    const now = event.timeStamp;
    presses = [...presses.filter((at) => now - at < WITHIN_MS), now];
    if (presses.length >= PRESSES) {
      presses = [];
      leave();
    }
  });
  document.addEventListener("pointerdown", () => {
    presses = [];
  });

  // A page that the browser kept whole would come back blank.
  const title = document.title;
  window.addEventListener("pageshow", () => {
    delete root.dataset.leaving;
    document.title = title;
  });
}
