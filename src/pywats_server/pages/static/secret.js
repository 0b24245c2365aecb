// data-copies="id": copies the text of that element, or marks it for copying where a page may not.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    if (!navigator.clipboard) {
      // Browsers let pages write there over https alone, or on the same machine.
      getSelection().selectAllChildren(source);
      return;
    }
    await navigator.clipboard.writeText(source.textContent);
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
  });
})();
