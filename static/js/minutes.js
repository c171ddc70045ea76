/* Minutes being written: saved and kept by keeping.js. Without it the page works with its own button. */
(function () {
  "use strict";

  const form = document.getElementById("minutes");
  if (!form || !window.keepForm || !window.fetch || !window.Promise) return;
  const keeper = window.keepForm(form, {
    prefix: "minutes",
    address: window.location.pathname,
    compare: "请按“保存会议记录”对照。",
    restore: function (pairs) { keeper.fill(pairs); },
  });
  form.addEventListener("input", keeper.changed);
  form.addEventListener("change", keeper.changed);
  form.addEventListener("submit", function () { keeper.leave(); });
})();
