// Each module improves a page that already works without it. `data-` attributes are the only hooks.

import { guardExit } from "./exit.js";
import { focusWhatMatters } from "./focus.js";
import { offerPrint, offerCopy } from "./paper.js";

guardExit();
focusWhatMatters();
offerPrint();
offerCopy();

const quiz = document.querySelector("form[data-autosave]");
if (quiz) {
  const { keepSaved } = await import("./autosave.js");
  keepSaved(quiz);
}
