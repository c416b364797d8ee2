// Says so when the net is gone: what is on the page stays, the next page would not come.

import { canReachPortal } from "./reach.js";

export function tellWhenOffline() {
  const notice = document.querySelector("[data-offline] p");
  if (!notice) return;
  const look = async () => {
    notice.hidden = await canReachPortal();
  };
  window.addEventListener("offline", look);
  window.addEventListener("online", look);
}
