/* Pages for voters. Each page does everything without this file, but for the blanking of the shared tablet. */
(function () {
  "use strict";

  const IDLE_MS = 60000;
  const mode = document.body.dataset.mode;
  const kiosk = mode === "kiosk";
  const start = location.pathname;
  document.documentElement.classList.add("js");

  /* The code in the address comes after the # and is sent to nobody; it is put into the box and taken away. */
  function takeCode() {
    const box = document.getElementById("code");
    const code = decodeURIComponent(location.hash.slice(1));
    if (location.hash) history.replaceState(null, "", location.pathname);
    if (box && code && !/^(row|content)/.test(code)) box.value = code.slice(0, 40);
    if (box && !box.value) box.focus();
  }

  function main() {
    return document.getElementById("content");
  }

  /* Large type: one row at a time, and the button that goes on only once something is chosen. */
  function oneByOne() {
    const rows = Array.from(document.querySelectorAll("fieldset.row"));
    if (!mode || !rows.length) return;
    const form = rows[0].closest("form");
    const back = form.querySelector("[data-back]");
    const next = form.querySelector("[data-next]");
    const place = form.querySelector(".place");
    const finish = form.querySelector(".finish");
    const open = rows.findIndex(function (row) { return !row.querySelector("input:checked"); });
    let now = open < 0 ? rows.length - 1 : open;
    form.classList.add("one");

    function show() {
      rows.forEach(function (row, n) { row.classList.toggle("current", n === now); });
      place.textContent = now + 1 + " / " + rows.length;
      back.hidden = now === 0;
      const chosen = Boolean(rows[now].querySelector("input:checked"));
      const last = now === rows.length - 1;
      next.hidden = last;
      next.disabled = !chosen;
      finish.classList.toggle("current", last && chosen);
    }

    function go(step) {
      now = Math.max(0, Math.min(rows.length - 1, now + step));
      show();
      scrollTo(0, 0);
      rows[now].querySelector("input:checked, input").focus({ preventScroll: true });
    }

    back.addEventListener("click", function () { go(-1); });
    next.addEventListener("click", function () { go(1); });
    form.addEventListener("change", show);
    show();
  }

  /* The shared tablet: pages take the place of one another, so that going back shows nothing of the last voter. */
  let idle;
  let blanking;

  function restart() {
    main().innerHTML = "";
    location.replace(start);
  }

  function wait() {
    clearTimeout(idle);
    clearTimeout(blanking);
    const soon = document.querySelector("[data-blank]");
    if (soon) blanking = setTimeout(restart, Number(soon.dataset.blank) * 1000);
    if (main().dataset.page !== "start" || (document.getElementById("code") || {}).value) idle = setTimeout(restart, IDLE_MS);
  }

  function send(event) {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    const data = new URLSearchParams(new FormData(form));
    const pressed = event.submitter || form.querySelector("[name=step]");
    data.append(pressed.name, pressed.value);
    fetch(start, { method: "POST", body: data, credentials: "omit", cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html");
        document.title = page.title;
        main().replaceWith(page.getElementById("content"));
        begin();
        scrollTo(0, 0);
        main().focus({ preventScroll: true });
      })
      .catch(function () {
        delete form.dataset.sent;
        let note = form.querySelector(".trouble");
        if (!note) {
          note = document.createElement("p");
          note.className = "note bad trouble";
          note.setAttribute("role", "alert");
          form.prepend(note);
        }
        note.textContent = "网络不通，还没有收到回答。请再点一次；同一张票不会计两次。";
      });
  }

  function begin() {
    takeCode();
    oneByOne();
    const summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
    if (kiosk) wait();
  }

  if (kiosk) {
    document.addEventListener("submit", send);
    document.addEventListener("click", function (event) {
      if (event.target.closest("[data-restart]")) {
        event.preventDefault();
        restart();
      }
    });
    ["pointerdown", "keydown", "input"].forEach(function (name) { document.addEventListener(name, wait); });
  }
  /* A page kept by the browser is not shown again. */
  addEventListener("pagehide", function () { if (main().dataset.page !== "start") main().innerHTML = ""; });
  addEventListener("pageshow", function (event) { if (event.persisted) location.replace(start); });
  begin();
})();
