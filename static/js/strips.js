/* Deciding rows: keys, and every choice saved at once. Without this file the page works with its own button.
   No mark is ever kept in the browser's storage. */
(function () {
  "use strict";

  var form = document.getElementById("strips");
  if (!form) return;
  var counter = document.getElementById("done");
  var strips = Array.prototype.slice.call(form.querySelectorAll("[data-strip]"));
  var waiting = [], sent = "", leaving = false;

  function chosen(strip) { return strip.querySelector("input[type=radio]:checked"); }

  /* In the order chosen; a row chosen otherwise while it was on its way is sent again. */
  var saver = window.saver({
    form: form,
    status: document.getElementById("saved"),
    next: function () {
      if (!waiting.length) return null;
      sent = chosen(waiting[0]).value;
      var data = new FormData();
      data.append("strip", waiting[0].dataset.strip);
      data.append("mark", sent);
      return data;
    },
    arrived: function () { if (chosen(waiting[0]).value === sent) waiting.shift(); },
    done: function (answer) {
      counter.textContent = answer.done;
      return answer.left ? "已保存，还有 " + answer.left + " 行" : "都判了，已保存";
    },
  });

  function keep(strip) {
    if (waiting.indexOf(strip) === -1) waiting.push(strip);
    saver.send();
  }

  /* Post the screen once the server has every choice; without a connection stay, so that nothing is lost. */
  function leave() {
    if (leaving) return;
    leaving = true;
    saver.send().then(function (arrived) {
      if (!arrived) { leaving = false; return; }
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
