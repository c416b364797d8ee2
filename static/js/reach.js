// Whether the portal can be reached: the browser's own guess is wrong on a machine without a net.

export async function canReachPortal() {
  if (navigator.onLine) return true;
  const address = document.querySelector("[data-offline]")?.dataset.offline;
  if (!address) return false;
  try {
    const answer = await fetch(address, { method: "HEAD", cache: "no-store", credentials: "omit" });
    return answer.ok;
  } catch {
    return false;
  }
}
