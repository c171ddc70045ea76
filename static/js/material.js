/* Writing a material: items, characters, points to answer; saved and kept by keeping.js.
   Without these files every page works with its own buttons. */
(function () {
  "use strict";

  const BLANK_ID = "0".repeat(32);
  const UNCOUNTED = /[\p{Cc}\p{Cf}\p{Mn}\p{Zl}\p{Zp}\p{Zs}]/gu;

  const form = document.getElementById("writing");
  if (!form || !window.keepForm || !window.fetch || !window.Promise) return;
  const items = document.getElementById("items");
  const count = document.getElementById("count");
  const least = Number(form.dataset.least || 0);

  /* Characters as Word counts them without blanks; which points have an answer. */
  function length(text) { return Array.from(text.replace(UNCOUNTED, "")).length; }
  function tally() {
    let sum = 0;
    form.querySelectorAll("textarea, input[type=text]").forEach(function (one) { sum += length(one.value); });
    count.textContent = sum.toLocaleString("en") + " 字" + (least && sum >= least ? " ✓" : "");
  }
  function points(open) {
    document.querySelectorAll("[data-point]").forEach(function (line) {
      const isOpen = open.indexOf(line.dataset.point) >= 0;
      const tag = line.querySelector(".tag");
      tag.className = "tag " + (isOpen ? "warn" : "ok");
      tag.textContent = isOpen ? "还没有回应" : "已回应";
    });
  }
  function unanswered() {
    return Array.prototype.filter.call(form.querySelectorAll("[data-answer]"), function (box) {
      return !box.querySelector("textarea").value.trim();
    }).map(function (box) { return box.dataset.answer; });
  }

  /* Items: added, moved and taken out here; the server sees the order of the fields. */
  function newId() {
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return (byte < 16 ? "0" : "") + byte.toString(16);
    }).join("");
  }
  function addItem(id) {
    const holder = document.createElement("div");
    holder.innerHTML = document.getElementById("blank-item").innerHTML.split(BLANK_ID).join(id);
    return items.appendChild(holder.firstElementChild);
  }
  function renumber() {
    items.querySelectorAll("[data-item]").forEach(function (item, at) { item.querySelector(".number").textContent = at + 1; });
  }
  function isBlank(item) {
    return Array.prototype.every.call(item.querySelectorAll("textarea, input[type=text]"), function (one) { return !one.value.trim(); });
  }
  function arrange(order) {
    const what = order.split(":")[0];
    if (what === "add") {
      const added = addItem(newId());
      renumber();
      keeper.changed();
      added.scrollIntoView({ block: "start" });
      added.querySelector("textarea").focus({ preventScroll: true });
      return;
    }
    const item = document.getElementById("item-" + order.split(":")[1]);
    const other = what === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (what === "remove") {
      if (!isBlank(item) && !window.confirm("删去这一条？里面写的内容会一起删去。")) return;
      item.remove();
    } else if (other) {
      items.insertBefore(what === "up" ? item : other, what === "up" ? other : item);
      item.scrollIntoView({ block: "nearest" });
    }
    renumber();
    keeper.changed();
  }

  /* What was kept on this device: items that are missing come back, in their order. */
  function restore(pairs) {
    pairs.forEach(function (pair) {
      if (pair[0] === "item" && items && /^[0-9a-f]{32}$/.test(pair[1])) {
        items.appendChild(document.getElementById("item-" + pair[1]) || addItem(pair[1]));
      }
    });
    keeper.fill(pairs.filter(function (pair) { return pair[0] !== "item"; }));
    if (items) renumber();
    points(unanswered());
  }

  const keeper = window.keepForm(form, {
    prefix: "material",
    address: form.dataset.save,
    compare: "请按“保存材料”对照。",
    saved: function (answer) { points(answer.unanswered); },
    restore: restore,
    changed: tally,
  });

  form.addEventListener("input", keeper.changed);
  form.addEventListener("change", function () { points(unanswered()); });
  form.addEventListener("submit", function (event) {
    const button = event.submitter;
    const order = button && button.name === "do" ? button.value : "";
    if (items && /^(add$|up:|down:|remove:)/.test(order)) {
      event.preventDefault();
      event.stopPropagation();
      arrange(order);
      return;
    }
    if (keeper.leaving() || keeper.stale()) {
      keeper.leave();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!keeper.dirty() && !order) keeper.changed();
    keeper.flush().then(function (done) {
      if (done && order === "check") { keeper.leave(); window.location.assign(form.dataset.check); }
      if (keeper.stale() && window.confirm("这份材料在另一处保存过。现在打开对照页面？您写的内容都会留着。")) {
        keeper.leave();
        HTMLFormElement.prototype.submit.call(form);
      }
    });
  }, true);

  tally();
})();
