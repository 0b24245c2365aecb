// What the page of an asset can do better with a script: forms in a dialog, files by dropping them, rows for tags.
"use strict";

(() => {
  const dialog = document.getElementById("action");

  // The form of an action came: it is shown in the dialog, and where it was refused it stays open.
  document.addEventListener("htmx:after:swap", () => {
    const form = dialog?.querySelector("form.action");
    if (!form) return;
    if (!dialog.open) dialog.showModal();
    (form.querySelector("[aria-invalid=true]") || form.querySelector("[autofocus]"))?.focus();
  });
  dialog?.addEventListener("close", () => { dialog.querySelector("#action-form").replaceChildren(); });

  // Enter sends a form from a field of one line; from a text of several it takes Ctrl.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("textarea")?.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-closes]");
    if (closer?.closest("dialog")) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    const opener = event.target.closest("[data-action]");
    if (opener) opener.closest("details")?.removeAttribute("open");
    const file = event.target.closest("[data-preview]");
    if (file && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      preview(file);
    }
  });

  // Files: an image or a document is shown above the page.
  function preview(link) {
    const place = document.querySelector("#preview .preview-place");
    const shown = document.createElement(link.dataset.preview === "image" ? "img" : "iframe");
    if (shown.tagName === "IMG") shown.alt = link.dataset.name;
    else shown.title = link.dataset.name;
    shown.src = link.href;
    document.getElementById("preview-title").textContent = link.dataset.name;
    place.replaceChildren(shown);
    document.getElementById("preview").showModal();
  }
  document.getElementById("preview")?.addEventListener("close", (event) => {
    event.target.querySelector(".preview-place").replaceChildren();
  });

  // Files are sent one after the other, each with its progress; the list is shown anew when all have come.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-upload]");
    if (form && event.target.type === "file" && event.target.files.length) send(form, [...event.target.files]);
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest?.("#files")?.querySelector("[data-upload]");
      if (!form || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") send(form, [...event.dataTransfer.files]);
    });
  }

  async function send(form, files) {
    const rows = files.map((file) => row(form, file.name));
    let list = null;
    let refused = false;
    for (const [number, file] of files.entries()) {
      const answer = await sendOne(form, file, rows[number]);
      if (answer.ok) list = answer.text;
      else refused = true;
    }
    if (list === null) return;
    const place = document.getElementById("files");
    const kept = [...form.querySelectorAll(".uploads li.fault")];
    place.innerHTML = list;
    if (refused) place.querySelector(".uploads").append(...kept);
    place.querySelector("input[type=file]").focus();
  }

  function row(form, name) {
    const item = document.createElement("li");
    item.append(name, document.createElement("progress"));
    item.lastChild.max = 1;
    item.lastChild.value = 0;
    item.lastChild.setAttribute("aria-label", name);
    form.querySelector(".uploads").append(item);
    return item;
  }

  function sendOne(form, file, item) {
    const body = new FormData();
    body.append("filename", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRF-Token", document.body.dataset.csrf);
    request.upload.addEventListener("progress", (event) => { item.lastChild.value = event.loaded / event.total; });
    return new Promise((done) => {
      request.addEventListener("loadend", () => {
        const ok = request.status === 200;
        if (!ok) refuse(item, file.name, request.responseText);
        done({ ok, text: request.responseText });
      });
      request.send(body);
    });
  }

  function refuse(item, name, answer) {
    const page = new DOMParser().parseFromString(answer, "text/html");
    item.className = "fault";
    item.textContent = `${name}: ${page.querySelector(".refusal")?.textContent.trim() || "✗"}`;
  }

  // There is always an empty row for another tag.
  document.addEventListener("input", (event) => {
    const row = event.target.closest(".tag-row");
    if (!row || row.nextElementSibling || !event.target.value) return;
    const another = row.cloneNode(true);
    for (const field of another.querySelectorAll("input")) field.value = "";
    row.after(another);
  });
})();
