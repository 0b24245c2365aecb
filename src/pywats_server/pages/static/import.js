// The name of a tag is asked for only where a column becomes one.
"use strict";

(() => {
  const show = (select) => {
    select.parentElement.querySelector(".key").hidden = select.value !== "tag";
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches(".columns select")) show(event.target);
  });
  document.querySelectorAll(".columns select").forEach(show);
})();
