// Bench mode: a scanner's keys reach the field wherever the focus is, and the camera reads codes where the browser can.
"use strict";

(() => {
  const field = document.getElementById("scan");
  if (!field) return;

  // Keys that come together with the page are the end of a scan that began on the page before, and half a serial number
  // may be another asset's. They are let go, until there was a pause.
  const PAUSE = 60;
  let pausing = setTimeout(listen, PAUSE);
  document.addEventListener("keydown", leave, true);

  function leave(event) {
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(pausing);
    pausing = setTimeout(listen, PAUSE);
  }

  function listen() {
    document.removeEventListener("keydown", leave, true);
    field.dataset.ready = "";
  }

  // Scanners type. What is typed outside of any control is meant for the field.
  document.addEventListener("keydown", (event) => {
    const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isText && event.target === document.body && !document.querySelector("dialog[open]")) field.focus();
  });

  // Some scanners end with a tab. Nobody types three characters and a tab within a tenth of a second.
  let typed = [];
  field.addEventListener("keydown", (event) => {
    const isScan = event.key === "Tab" && typed.length >= 3 && event.timeStamp - typed.at(-3) < 100;
    if (isScan) {
      event.preventDefault();
      field.form.requestSubmit();
    }
    typed = event.key.length === 1 ? [...typed, event.timeStamp].slice(-3) : [];
  });

  // A photo goes on its way as soon as it is taken.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]") && event.target.files.length) event.target.form.requestSubmit();
  });

  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const opener = document.querySelector("[data-camera]");
  const dialog = document.getElementById("camera");
  const video = dialog.querySelector("video");
  const fault = dialog.querySelector("[data-camera-fault]");
  opener.hidden = false;

  opener.addEventListener("click", async () => {
    fault.hidden = true;
    dialog.showModal();
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
      await read(new BarcodeDetector());
    } catch {
      fault.hidden = false;
    }
  });

  async function read(detector) {
    while (dialog.open) {
      const [found] = await detector.detect(video);
      if (found?.rawValue) {
        field.value = found.rawValue;
        dialog.close();
        field.form.requestSubmit();
        return;
      }
      await new Promise((resume) => setTimeout(resume, 150));
    }
  }

  dialog.addEventListener("close", () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    field.focus();
  });
})();
