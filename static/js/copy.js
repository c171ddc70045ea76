/* One button that copies a text shown beside it; without this file the text is marked and copied by hand. */
(function () {
  "use strict";

  function done(button, text) {
    const place = button.parentNode.querySelector("[data-copied]");
    if (place) place.textContent = text;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = document.getElementById(button.dataset.copy);
    box.focus();
    box.select();
    let copied = false;
    try { copied = document.execCommand("copy"); } catch (error) { copied = false; }
    done(button, copied ? "已复制，到群里粘贴就行。" : "没有复制成功，文字已选中，请按 Ctrl+C 或者长按复制。");
  });
})();
