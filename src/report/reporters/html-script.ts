// The HTML report's script: search, filters, copy buttons, opening what a link points at. Without it everything is still readable.

export const script = `
(() => {
  const tools = document.querySelector(".tools");
  const rows = [...document.querySelectorAll(".req")];
  const areas = [...document.querySelectorAll(".area")];
  const texts = new Map();
  const search = document.querySelector("#search");
  const level = document.querySelector("#level");
  const boxes = [...document.querySelectorAll(".pill input")];
  const shown = document.querySelector(".shown");
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let n = 0;
    for (const row of rows) {
      const fits = states.has(row.dataset.state) && (level.value === "" || row.dataset.level === level.value)
        && words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      if (fits) n++;
    }
    for (const area of areas) area.hidden = area.querySelector(".req:not([hidden])") === null;
    shown.textContent = n + " of " + rows.length + " shown";
  };
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    if (target.matches(".req")) {
      target.open = true;
      if (target.hidden) {
        search.value = "";
        level.value = "";
        for (const box of boxes) box.checked = true;
        apply();
      }
    }
    target.scrollIntoView();
  };
  if (tools !== null) {
    tools.hidden = false;
    for (const input of [search, level, ...boxes]) input.addEventListener("input", apply);
    document.querySelector("#unfold").addEventListener("click", (event) => {
      const open = event.target.getAttribute("aria-pressed") !== "true";
      event.target.setAttribute("aria-pressed", String(open));
      for (const row of rows) row.open = open;
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
      } else if (event.key === "Escape" && event.target === search) {
        search.value = "";
        apply();
      }
    });
    apply();
  }
  if (navigator.clipboard) {
    for (const command of document.querySelectorAll(".command")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy the command");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(command.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      command.append(button);
    }
  }
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = rows.filter((row) => !row.open && ["fail", "error", "warning"].includes(row.dataset.state));
    for (const row of folded) row.open = true;
  });
  addEventListener("afterprint", () => { for (const row of folded) row.open = false; });
  addEventListener("hashchange", reveal);
  if (location.hash.length > 1) reveal();
})();
`;
