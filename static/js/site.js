/* Small helps on every page. Each page does everything without this file. */
(function () {
  "use strict";

  const root = document.documentElement;
  const SENT_MS = 8000;
  root.classList.add("js");

  function control(target) {
    return target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  }

  function say(text) {
    const place = document.getElementById("messages");
    if (!place) return;
    let note = document.getElementById("trouble");
    if (!note) {
      note = document.createElement("div");
      note.id = "trouble";
      note.className = "note bad message";
      note.appendChild(document.createElement("p"));
      place.appendChild(note);
    }
    note.firstChild.textContent = text;
    note.scrollIntoView({ block: "nearest" });
  }

  /* The summary of errors takes the focus; its links lead into the field itself. */
  const summary = document.querySelector(".error-summary[tabindex], .errors[tabindex]");
  if (summary) summary.focus();

  document.addEventListener("click", function (event) {
    const link = event.target.closest(".error-summary a[href^='#'], .errors a[href^='#']");
    if (link) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const field = target && control(target);
      if (field) {
        event.preventDefault();
        target.scrollIntoView({ block: "center" });
        field.focus({ preventScroll: true });
      }
      return;
    }
    const close = event.target.closest("[data-close]");
    if (close) close.closest(".message").remove();
    if (event.target.closest("[data-print]")) window.print();
    const reveal = event.target.closest("[data-reveal]");
    if (reveal) {
      const field = document.getElementById(reveal.dataset.reveal);
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      reveal.textContent = hidden ? "隐藏密码" : "显示密码";
    }
    document.querySelectorAll("details.who[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    const menu = event.key === "Escape" && document.querySelector("details.who[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    /* Another size of text without leaving the page: nothing typed is lost. */
    if (form.matches("[data-size-switch]") && event.submitter && window.fetch) {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form));
      body.append("size", event.submitter.value);
      fetch(form.action, { method: "POST", body: body, credentials: "same-origin", redirect: "manual" }).catch(function () {});
      root.dataset.size = event.submitter.value;
      form.querySelectorAll("button").forEach(function (button) {
        button.setAttribute("aria-pressed", String(button === event.submitter));
      });
      return;
    }
    /* A second press while the first is under way is dropped. */
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    setTimeout(function () { release(form); }, SENT_MS);
  });

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(release); });

  /* Parts fetched by htmx: a login page is never put into a part; a failure is said in words. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    const login = document.body.dataset.login;
    const arrived = event.detail.xhr.responseURL;
    if (login && arrived && new URL(arrived).pathname === login) {
      event.detail.shouldSwap = false;
      say("登录已过期，刚才的改动没有保存。请另开一页登录，再回到本页保存。");
    }
  });
  document.addEventListener("htmx:sendError", function () { say("没有连上服务器，刚才的改动没有保存。请检查网络，再按保存。"); });
  document.addEventListener("htmx:responseError", function () { say("刚才的改动没有保存。请刷新本页再试；还不行请打页面下方的电话。"); });
  document.addEventListener("htmx:afterSwap", function () {
    const note = document.getElementById("trouble");
    if (note) note.remove();
  });
})();
