/* Saving while somebody works: one request at a time, sent again when it did not arrive.
   Used by count.js (a paper being typed) and strips.js (rows being decided).
   how.form: its data-save is where to, its data-csrf-cookie the cookie with the token; how.status: where it is told
   (data-expired, data-offline); how.next() the FormData to send, or null; how.done(answer) after an answer without
   error, says in words what is saved; how.arrived() after any answer (may be left out). */
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

  window.saver = function (how) {
    var form = how.form, running = null, timer = 0;

    function say(text, bad) {
      how.status.textContent = text;
      how.status.classList.toggle("bad", !!bad);
    }

    /* Resolves to whether all that was asked to be sent has been answered. */
    function send() {
      if (running) return running;
      clearTimeout(timer);
      var data = how.next();
      if (!data) return Promise.resolve(true);
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
        if (how.arrived) how.arrived();
        say(answer.error ? "没有保存：" + answer.error : how.done(answer), !!answer.error);
        return true;
      }).catch(function (error) {
        say(error.message === "expired" ? how.status.dataset.expired : how.status.dataset.offline, true);
        timer = setTimeout(send, RETRY_MS);
        return false;
      }).then(function (went) {
        clearTimeout(late);
        running = null;
        return went ? send() : false;
      });
      return running;
    }

    return { send: send };
  };
})();
