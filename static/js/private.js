// Back must not show what someone signed in saw. Browsers keep whole pages in memory, also those that
// may not be stored, and also after signing out: so the page is put away blank and asked for anew.

export function keepNothingForBack() {
  if (!document.querySelector("[data-signed-in]")) return;
  window.addEventListener("pagehide", () => {
    document.body.hidden = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
