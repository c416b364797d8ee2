// Each module improves a page that already works without it. `data-` attributes are the only hooks.

import { guardExit } from "./exit.js";
import { focusWhatMatters } from "./focus.js";
import { tellWhenOffline } from "./offline.js";
import { offerPrint, offerCopy } from "./paper.js";
import { keepNothingForBack } from "./private.js";
import { suggestIn } from "./suggest.js";
import { closeTipsByEscape } from "./tips.js";

guardExit();
focusWhatMatters();
tellWhenOffline();
offerPrint();
offerCopy();
closeTipsByEscape();
document.querySelectorAll("form[data-suggest]").forEach(suggestIn);
keepNothingForBack();

const quiz = document.querySelector("form[data-autosave]");
if (quiz) {
  const { keepSaved } = await import("./autosave.js");
  keepSaved(quiz);
}

// What was filled in before the session ended is sent on; without this a button says one step is left.
document.querySelector("form[data-send]")?.requestSubmit();
