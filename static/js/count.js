/* Typing votes: keys and autosave for one paper, live sums for totals.
   Without this file every page works with its own buttons. No mark is ever kept in the browser's storage. */
(function () {
  "use strict";

  var RETRY_MS = 5000;
  var TIMEOUT_MS = 15000;

  function cookie(name) {
    var parts = document.cookie.split("; ");
    for (var i = 0; i < parts.length; i++) {
      if (parts[i].indexOf(name + "=") === 0) return decodeURIComponent(parts[i].slice(name.length + 1));
    }
    return "";
  }

  /* One request at a time; a change meanwhile is sent when it is done, so an older state never comes last. */
  function Saver(form, status) {
    var running = null, dirty = false, clean = true, timer = 0;

    function say(text, bad) {
      status.textContent = text;
      status.classList.toggle("bad", !!bad);
    }

    function send() {
      clean = false;
      if (running) { dirty = true; return running; }
      clearTimeout(timer);
      dirty = false;
      var stop = new AbortController();
      var late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
      running = fetch(form.dataset.save, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-CSRFToken": cookie(form.dataset.csrfCookie) || form.elements.csrfmiddlewaretoken.value },
        credentials: "same-origin",
        redirect: "manual",
        signal: stop.signal,
      }).then(function (response) {
        if (response.type === "opaqueredirect" || response.status === 403) throw new Error("expired");
        if (!response.ok && response.status !== 409) throw new Error("offline");
        return response.json();
      }).then(function (answer) {
        clean = !dirty;
        if (answer.error) { say("没有保存：" + answer.error, true); return; }
        say(answer.complete ? "已录完，已于 " + answer.saved + " 保存" : "已于 " + answer.saved + " 保存，还有 " + answer.missing + " 行");
        mark(answer.complete);
      }).catch(function (error) {
        say(error.message === "expired" ? status.dataset.expired : status.dataset.offline, true);
        dirty = false;
        timer = setTimeout(send, RETRY_MS);
      }).then(function () {
        clearTimeout(late);
        running = null;
        if (dirty) return send();
      });
      return running;
    }

    function mark(complete) {
      var box = document.getElementById("box");
      if (!box || box.className === (complete ? "done" : "partial")) return;
      var counter = document.getElementById("done");
      if (complete) counter.textContent = Number(counter.textContent) + 1;
      else if (box.className === "done") counter.textContent = Number(counter.textContent) - 1;
      box.className = complete ? "done" : "partial";
    }

    /* Resolves to whether the server has all that is on the screen. */
    function flush() {
      if (clean && !running) return Promise.resolve(true);
      return send().then(function () { return clean; });
    }

    return { send: send, flush: flush };
  }

  function paper(form) {
    var rows = Array.prototype.slice.call(form.querySelectorAll("tr.rated"));
    if (!rows.length) return;
    var saver = Saver(form, document.getElementById("saved"));
    var leaving = false;

    /* Post the whole paper once the server has it; without a connection stay, so that nothing is lost. */
    function leave(button) {
      if (leaving) return;
      leaving = true;
      saver.flush().then(function (saved) {
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
      kept: function () { saver.send(); },
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
