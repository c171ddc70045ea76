/* Deciding rows: keys, and every choice saved at once. Without this file the page works with its own button.
   No mark is ever kept in the browser's storage. */
(function () {
  "use strict";

  var RETRY_MS = 5000;
  var TIMEOUT_MS = 15000;
  var form = document.getElementById("strips");
  if (!form) return;
  var status = document.getElementById("saved");
  var counter = document.getElementById("done");
  var strips = Array.prototype.slice.call(form.querySelectorAll("[data-strip]"));
  var waiting = [], running = null, leaving = false;

  function cookie(name) {
    var parts = document.cookie.split("; ");
    for (var i = 0; i < parts.length; i++) {
      if (parts[i].indexOf(name + "=") === 0) return decodeURIComponent(parts[i].slice(name.length + 1));
    }
    return "";
  }

  function say(text, bad) {
    status.textContent = text;
    status.classList.toggle("bad", !!bad);
  }

  function chosen(strip) { return strip.querySelector("input[type=radio]:checked"); }

  /* One request at a time, in the order chosen; what could not be sent is sent again. */
  function send() {
    if (running) return running;
    var strip = waiting[0];
    if (!strip) return Promise.resolve();
    var sent = chosen(strip).value;
    var data = new FormData();
    data.append("strip", strip.dataset.strip);
    data.append("mark", sent);
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
    running = fetch(form.dataset.save, {
      method: "POST",
      body: data,
      headers: { "X-CSRFToken": cookie(form.dataset.csrfCookie) || form.elements.csrfmiddlewaretoken.value },
      credentials: "same-origin",
      redirect: "manual",
      signal: stop.signal,
    }).then(function (response) {
      if (response.type === "opaqueredirect" || response.status === 403) throw new Error("expired");
      if (!response.ok && response.status !== 409) throw new Error("offline");
      return response.json();
    }).then(function (answer) {
      if (chosen(strip).value === sent) waiting.shift();
      if (answer.error) { say("没有保存：" + answer.error, true); return true; }
      counter.textContent = answer.done;
      say(answer.left ? "已保存，还有 " + answer.left + " 行" : "都判了，已保存");
      return true;
    }).catch(function (error) {
      say(error.message === "expired" ? status.dataset.expired : status.dataset.offline, true);
      setTimeout(send, RETRY_MS);
      return false;
    }).then(function (went) {
      clearTimeout(late);
      running = null;
      return went && waiting.length ? send() : went;
    });
    return running;
  }

  function keep(strip) {
    if (waiting.indexOf(strip) === -1) waiting.push(strip);
    send();
  }

  /* Post the screen once the server has every choice; without a connection stay, so that nothing is lost. */
  function leave() {
    if (leaving) return;
    leaving = true;
    send().then(function () {
      if (waiting.length) { leaving = false; return; }
      HTMLFormElement.prototype.submit.call(form);
    });
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    leave();
  });
  window.addEventListener("pageshow", function () { leaving = false; });

  window.rowKeys({
    form: form,
    rows: strips,
    selector: "[data-strip]",
    kept: keep,
    enter: leave,
    busy: function () { return leaving; },
  });
})();
