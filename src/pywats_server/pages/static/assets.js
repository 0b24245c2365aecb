// The list of assets by keyboard, and what is selected in it. All of it works without, by the form.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll(".assets tbody tr")];
  const box = (row) => row.querySelector("input[name=id]");
  const link = (row) => row.querySelector("th a");
  let last = null; // the row that was selected last, from which Shift selects

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const target = event.target;
    if (target.matches("input:not([type=checkbox]), select, textarea")) return;
    const all = rows();
    const here = all.indexOf(target.closest?.(".assets tbody tr"));
    if (event.key === "j" || event.key === "k") {
      const next = all[here < 0 ? 0 : here + (event.key === "j" ? 1 : -1)];
      if (next) link(next).focus();
    } else if (event.key === "x" && here >= 0) {
      box(all[here]).click();
    } else if (event.key === "Enter" && here >= 0 && target.matches("input[type=checkbox]")) {
      event.preventDefault();
      link(all[here]).click();
    }
  });

  document.addEventListener("click", (event) => {
    const row = event.target.matches(".assets input[name=id]") && event.target.closest("tr");
    if (!row) return;
    if (event.shiftKey && last && last.isConnected) selectBetween(last, row, event.target.checked);
    last = row;
  });

  function selectBetween(one, other, checked) {
    const all = rows();
    const [first, end] = [all.indexOf(one), all.indexOf(other)].sort((a, b) => a - b);
    for (const row of all.slice(first, end + 1)) box(row).checked = checked;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("#select-page")) {
      for (const row of rows()) box(row).checked = event.target.checked;
    }
    if (event.target.closest("#selection")) tell();
    if (event.target.closest("#filters")) countChoices();
  });

  // How much is selected; what can be done with it is in sight only when there is something.
  function tell() {
    const bar = document.querySelector(".selected");
    if (!bar) return;
    const selected = rows().filter((row) => box(row).checked).length;
    const all = document.getElementById("all");
    const told = bar.querySelector(".how-selected");
    told.textContent = selected ? `${told.dataset.some} ${selected}` : told.dataset.none;
    for (const button of bar.querySelectorAll("button")) button.hidden = !selected && !all?.checked;
    const page = document.getElementById("select-page");
    if (page) {
      page.checked = selected > 0 && selected === rows().length;
      page.indeterminate = selected > 0 && !page.checked;
    }
  }

  // How many choices of a menu are made stands on it; the page comes with that, but not each part of it.
  function countChoices() {
    for (const menu of document.querySelectorAll("#filters .choices:has([role=group]):not(:has([name=columns]))")) {
      const checked = menu.querySelectorAll("input:checked").length;
      menu.querySelector(".count")?.remove();
      if (!checked) continue;
      const count = document.createElement("span");
      count.className = "count";
      count.textContent = checked;
      menu.querySelector("summary").append(" ", count);
    }
  }

  // Escape closes an open menu, and what was pressed to open it has the focus again.
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.choices[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A box in the head of the table selects the whole page; without a script it would do nothing.
  function begin() {
    const head = document.querySelector(".assets thead .select");
    if (head && !document.getElementById("select-page")) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "checkbox";
      input.id = "select-page";
      label.append(input, ...head.childNodes);
      head.append(label);
    }
    // The form sends itself, so its button has nothing to do.
    const filters = document.getElementById("filters");
    if (filters) filters.classList.add("by-itself");
    countChoices();
    tell();
  }

  document.addEventListener("htmx:after:swap", begin);
  window.addEventListener("pageshow", begin);
})();
