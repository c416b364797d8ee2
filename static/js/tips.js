// Escape closes what is explained and leads back to the word.

export function closeTipsByEscape() {
  document.addEventListener("keydown", (event) => {
    const tip = event.key === "Escape" && event.target.closest("[data-tip][open]");
    if (!tip) return;
    tip.open = false;
    tip.querySelector("summary").focus();
  });
}
