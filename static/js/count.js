/* Typing votes: keys and autosave for one paper, live sums for totals.
   Without this file every page works with its own buttons. No mark is ever kept in the browser's storage. */
(function () {
  "use strict";

  /* Saves the paper as it stands; a change meanwhile is sent when that is done, so an older state never comes last. */
  function keeping(form) {
    var dirty = false, sent = false;

    function mark(complete) {
      var box = document.getElementById("box");
      if (!box || box.className === (complete ? "done" : "partial")) return;
      var counter = document.getElementById("done");
      if (complete) counter.textContent = Number(counter.textContent) + 1;
      else if (box.className === "done") counter.textContent = Number(counter.textContent) - 1;
      box.className = complete ? "done" : "partial";
    }

    var saver = window.saver({
      form: form,
      status: document.getElementById("saved"),
      next: function () {
        if (!dirty && !sent) return null;
        dirty = false;
        sent = true;
        return new FormData(form);
      },
      arrived: function () { sent = false; },
      done: function (answer) {
        mark(answer.complete);
        return answer.complete ? "已录完，已于 " + answer.saved + " 保存" : "已于 " + answer.saved + " 保存，还有 " + answer.missing + " 行";
      },
    });

    return { changed: function () { dirty = true; saver.send(); }, flush: saver.send };
  }

  function paper(form) {
    var rows = Array.prototype.slice.call(form.querySelectorAll("tr.rated"));
    if (!rows.length) return;
    var kept = keeping(form);
    var leaving = false;

    /* Post the whole paper once the server has it; without a connection stay, so that nothing is lost. */
    function leave(button) {
      if (leaving) return;
      leaving = true;
      kept.flush().then(function (saved) {
        leaving = false;
        if (saved) post(button);
      });
    }
    function post(button) {
      if (button && button.name) {
        var extra = document.createElement("input");
        extra.type = "hidden";
        extra.name = button.name;
        extra.value = button.value;
        form.appendChild(extra);
      }
      leaving = true;
      HTMLFormElement.prototype.submit.call(form);
    }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      /* Never a radio that merely has the focus: it would be posted as if it were chosen. */
      var active = document.activeElement;
      leave(event.submitter || (active && active.type === "submit" && active.form === form ? active : null));
    });
    window.addEventListener("pageshow", function () { leaving = false; });

    window.rowKeys({
      form: form,
      rows: rows,
      selector: "tr.rated",
      kept: kept.changed,
      ended: function () { document.getElementById("saved").scrollIntoView({ block: "nearest" }); },
      enter: function () { form.requestSubmit ? form.requestSubmit() : leave(null); },
      busy: function () { return leaving; },
    });
  }

  function totals(form) {
    var sign = form.querySelector("[name=void]");

    function number(input) {
      var text = input.value.replace(/[\uFF10-\uFF19]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xFEE0); }).trim();
      return text === "" ? 0 : /^\d+$/.test(text) ? Number(text) : NaN;
    }

    function update() {
      var valid = sign.value.trim() === "" ? NaN : Number(form.dataset.returned) - number(sign);
      form.querySelectorAll("tr[data-row]").forEach(function (row) {
        var inputs = Array.prototype.slice.call(row.querySelectorAll("input"));
        var output = row.querySelector("output");
        var begun = inputs.some(function (input) { return input.value.trim() !== ""; });
        var sum = inputs.reduce(function (total, input) { return total + number(input); }, 0);
        output.className = "";
        if (!begun) { output.textContent = "—"; return; }
        if (isNaN(sum)) { output.textContent = "请填数字"; output.className = "bad"; return; }
        if (isNaN(valid)) { output.textContent = String(sum); return; }
        var off = sum - valid;
        output.className = off ? "bad" : "ok";
        output.textContent = sum + (off ? (off < 0 ? " 少 " : " 多 ") + Math.abs(off) : " ✓");
      });
    }

    form.classList.add("live");
    form.addEventListener("input", update);
    form.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      var inputs = Array.prototype.slice.call(form.querySelectorAll("input:not([type=hidden])"));
      var next = inputs[inputs.indexOf(event.target) + 1];
      event.preventDefault();
      (next || form.querySelector("button")).focus();
      if (next) next.select();
    });
    update();
  }

  var sheet = document.getElementById("paper");
  var sums = document.getElementById("totals");
  if (sheet) paper(sheet);
  if (sums) totals(sums);
})();
