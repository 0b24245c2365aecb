// What every page can do better with a script. All of it works without, by links and forms.
"use strict";

(() => {
  // The reader's own time zone, which only the browser knows; the next page is in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `browser-zone=${zone}; path=/; samesite=lax; max-age=31536000`;

  // Whatever a script of ours or htmx sends proves where it comes from.
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-CSRF-Token"] = document.body.dataset.csrf || "";
  });

  // A form is sent once, however often somebody clicks. The button comes back with the page, or after a while, because
  // a download leaves the page as it is.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || event.target.method !== "post") return;
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 5000);
  });

  // data-opens="id" opens the dialog of this id; the first control in it with autofocus has the focus then.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      openDialog(dialog);
    } else if (event.target instanceof HTMLDialogElement) {
      event.target.close(); // a click beside it
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  function openDialog(dialog) {
    if (dialog.id === "shortcuts") listShortcuts(dialog.querySelector("dl"));
    dialog.showModal();
  }

  // data-shortcut="k" on a control: that key, outside of a field, focuses or presses it.
  // data-shortcut-text says in the list of shortcuts what it does. "g t" is g and then t.
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const typed = `${before} ${event.key}`;
    before = event.key.length === 1 ? event.key : before;
    const meant = shortcutFor(typed) || shortcutFor(event.key);
    if (!meant || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    before = "";
    if (meant.matches("input:not([type=checkbox]), select, textarea")) {
      meant.focus();
      meant.select?.();
    } else {
      meant.click();
    }
  });

  function shortcutFor(keys) {
    return document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
  }

  function isTyping(target) {
    return target.matches?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  }

  function listShortcuts(list) {
    const entries = [...document.querySelectorAll("[data-shortcut-text]")].map((control) => {
      const term = document.createElement("dt");
      const key = term.appendChild(document.createElement("kbd"));
      key.textContent = control.dataset.shortcut || control.dataset.shortcutKey;
      const meaning = document.createElement("dd");
      meaning.textContent = control.dataset.shortcutText;
      return [term, meaning];
    });
    list.replaceChildren(...entries.flat());
  }
})();
