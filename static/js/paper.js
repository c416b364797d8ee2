// Printing a page and copying an information sheet. The buttons stay hidden where they could not work.

export function offerPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

export function offerCopy() {
  if (!navigator.clipboard) return;
  for (const sheet of document.querySelectorAll("[data-sheet]")) {
    const actions = sheet.querySelector("[data-sheet-actions]");
    const text = sheet.querySelector("[data-sheet-text]");
    const status = sheet.querySelector("[data-sheet-status]");
    if (!actions || !text || !status) continue;
    actions.hidden = false;
    actions.querySelector("[data-sheet-copy]").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.innerText);
        status.textContent = "Texten är kopierad.";
      } catch {
        status.textContent = "Det gick inte att kopiera. Markera texten och kopiera den själv.";
      }
    });
  }
}
