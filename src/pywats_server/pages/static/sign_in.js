// Signs in with the token behind the # of a link, such as the demo prints. Browsers send that part to nobody.
"use strict";

(() => {
  const BEGIN = "#token=";

  function signIn() {
    if (!location.hash.startsWith(BEGIN)) return;
    const token = location.hash.slice(BEGIN.length);
    // Neither the history nor who looks over a shoulder should have it.
    history.replaceState(null, "", location.pathname + location.search);
    const form = document.getElementById("by-token");
    form.elements.token.value = token;
    if (!("asks" in form.dataset)) {
      form.submit();
      return;
    }
    // Somebody is signed in, whom no link may make somebody else without their knowing.
    form.closest("details").open = true;
    form.querySelector("button").focus();
  }

  signIn();
  window.addEventListener("hashchange", signIn);
})();
