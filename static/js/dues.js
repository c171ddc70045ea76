/* Says on the button how many months are ticked. Without this file the button works all the same. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-dues]");
  if (!form) return;
  const place = form.querySelector("[data-count]");

  function count() {
    const ticked = form.querySelectorAll("input[name=cell]:checked").length;
    place.textContent = ticked ? "（" + ticked + " 个月次）" : "";
  }

  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
})();
