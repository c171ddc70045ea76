/* Talks: the form of a pair opens in place. Without this file every name leads to a page with the same form. */
(function () {
  "use strict";

  let kept = null;

  function show(url, place) {
    window.htmx.ajax("GET", url, { target: place, swap: "innerHTML" }).then(function () {
      const first = place.querySelector("button[value='today']");
      if (!first) return;
      place.scrollIntoView({ block: "nearest" });
      first.focus({ preventScroll: true });
    });
  }

  /* One form at a time: the one opened before goes back to its button. */
  function putBack() {
    document.querySelectorAll(".partners li.open").forEach(function (item) {
      item.innerHTML = "";
      item.appendChild(item.tickLink);
      item.classList.remove("open");
    });
    const place = document.getElementById("tick-place");
    if (place) place.innerHTML = "";
  }

  function pairOf(cell) {
    const row = cell.closest("tr");
    const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
    return row.dataset.key && head && head.dataset.key ? [row.dataset.key, head.dataset.key] : null;
  }

  document.addEventListener("click", function (event) {
    if (!window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const partner = event.target.closest("a[data-tick]");
    if (partner) {
      event.preventDefault();
      const item = partner.parentElement;
      putBack();
      item.tickLink = partner;
      item.classList.add("open");
      show(partner.href, item);
      return;
    }
    const cell = event.target.closest("table.talks td");
    const table = cell && cell.closest("table");
    const two = cell && pairOf(cell);
    const own = table ? table.dataset.own.split(" ").filter(Boolean) : [];
    if (!two || !table.dataset.form || (own.length && !own.includes(two[0]) && !own.includes(two[1]))) return;
    event.preventDefault();
    putBack();
    const whole = new URLSearchParams(location.search).get("show") || "";
    show(table.dataset.form + "?a=" + two[0] + "&b=" + two[1] + (whole ? "&show=" + encodeURIComponent(whole) : ""),
      document.getElementById("tick-place"));
  });

  /* The box of the matrix stays where it was scrolled to. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    const box = document.querySelector("#talks .box");
    kept = event.detail.target.id === "talks" && box ? [box.scrollLeft, box.scrollTop] : null;
  });
  document.addEventListener("htmx:afterSettle", function () {
    const box = kept && document.querySelector("#talks .box");
    if (box) { box.scrollLeft = kept[0]; box.scrollTop = kept[1]; }
    kept = null;
    const said = document.querySelector("[data-said]");
    if (said && !box) said.scrollIntoView({ block: "nearest" });
  });
})();
