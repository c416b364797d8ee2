// A page that answers something (an error, a result) starts reading there.

export function focusWhatMatters() {
  document.querySelector("[data-focus]")?.focus();

  // A link in an error summary leads to the field itself, not only to its place on the page.
  document.querySelector(".errors")?.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}
