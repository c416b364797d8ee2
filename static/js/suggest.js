// What one may be about to write, while one writes it: a combobox with a list of pages. Without
// this the box is a plain form that searches.

const PAUSE = 120; // milliseconds without a key before the portal is asked
const LEAST = 2; // letters

export function suggestIn(form) {
  const input = form.querySelector("input[type=search]");
  const address = form.dataset.suggest;
  if (!input || !address) return;
  const list = document.createElement("ul");
  list.id = `${input.id}-forslag`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Förslag");
  list.hidden = true;
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  form.append(list, told);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let waiting;
  let asked;
  let chosen = -1;

  const options = () => [...list.children];

  function close() {
    clearTimeout(waiting);
    asked?.abort();
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    told.textContent = "";
  }

  function choose(place) {
    const all = options();
    chosen = (place + all.length) % all.length;
    all.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(suggestions) {
    if (!suggestions.length || document.activeElement !== input) return close();
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(
      ...suggestions.map(({ text, url }, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = url;
        option.textContent = text;
        return option;
      }),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    told.textContent =
      suggestions.length === 1 ? "Ett förslag." : `${suggestions.length} förslag.`;
  }

  async function ask() {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < LEAST) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, {
        signal: asked.signal,
        credentials: "omit",
      });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch {
      // Without suggestions one searches as usual.
    }
  }

  const go = (option) => location.assign(option.dataset.url);

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.key === "ArrowDown") choose(chosen + 1);
      else choose(chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      go(options()[chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  // The list keeps focus in the box, so that a press on it is not taken for leaving.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
}
