/* Minutes being written: saves by itself, keeps on this device what the server does not have yet.
   Without this file the page works with its own button. */
(function () {
  "use strict";

  const EVERY_MS = 30000;
  const RETRY_MS = 10000;
  const COPY_MS = 400;
  const TIMEOUT_MS = 20000;
  const KEEP_DAYS = 14;

  const form = document.getElementById("minutes");
  if (!form || !window.fetch || !window.Promise) return;
  const status = document.getElementById("saved");
  const copyKey = form.dataset.copy;
  let changes = 0, savedChanges = 0, running = null, stale = false, leaving = false, timer = 0, copying = 0;

  function cookie(name) {
    const found = document.cookie.split("; ").filter(function (part) { return part.indexOf(name + "=") === 0; })[0];
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  function token() { return cookie(form.dataset.csrfCookie) || form.elements.csrfmiddlewaretoken.value; }
  function say(text, bad) { status.textContent = text; status.classList.toggle("bad", !!bad); }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function moment(date) { return date.getMonth() + 1 + "月" + date.getDate() + "日 " + two(date.getHours()) + ":" + two(date.getMinutes()); }
  function fields() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.name !== "csrfmiddlewaretoken" && one.name !== "revision" && one.type !== "submit";
    });
  }
  function typed() {
    return fields().map(function (one) { return [one.name, one.type === "checkbox" ? one.checked : one.value]; });
  }

  /* The copy on this device. */
  function storage(work) {
    try { return work(window.localStorage); } catch (error) { return null; }
  }
  function keep() {
    clearTimeout(copying);
    const text = JSON.stringify({ at: Date.now(), revision: form.elements.revision.value, fields: typed() });
    return storage(function (box) { box.setItem(copyKey, text); return true; }) === true;
  }
  function drop() { clearTimeout(copying); storage(function (box) { box.removeItem(copyKey); }); }
  function forgetOld() {
    storage(function (box) {
      Object.keys(box).filter(function (key) { return key.indexOf("minutes:") === 0; }).forEach(function (key) {
        let at = 0;
        try { at = JSON.parse(box.getItem(key)).at; } catch (error) { at = 0; }
        if (Date.now() - at > KEEP_DAYS * 86400000) box.removeItem(key);
      });
    });
  }

  /* Saving: one request at a time; what was changed meanwhile goes with the next. */
  function save() {
    if (running || stale || changes === savedChanges) return;
    clearTimeout(timer);
    const mark = changes;
    const stop = new AbortController();
    const late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
    form.elements.csrfmiddlewaretoken.value = token();
    running = fetch(window.location.pathname, {
      method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": token(), "HX-Request": "true" }, signal: stop.signal,
    }).then(function (response) {
      if (response.type === "opaqueredirect" || response.status === 403) throw new Error("expired");
      if (response.status !== 400 && response.status !== 409 && !response.ok) throw new Error("offline");
      return response.json().then(function (answer) { return { answer: answer, stale: response.status === 409 }; });
    }).then(function (got) {
      if (got.answer.error) {
        stale = got.stale;
        keep();
        say(got.answer.error + (stale ? "请按“保存会议记录”对照。" : ""), true);
        return;
      }
      savedChanges = mark;
      form.elements.revision.value = got.answer.revision;
      form.elements.csrfmiddlewaretoken.value = got.answer.token;
      if (changes === mark) drop();
      say("已于 " + got.answer.saved + " 保存");
    }).catch(function (error) {
      const kept = keep();
      if (error.message === "expired") say("登录已过期" + (kept ? "，内容已存在本机" : "") + "。请另开一页登录，再回到这里，会自动保存。", true);
      else say(kept ? "网络断了，内容已存在本机，接通后自动保存" : "网络断了，还没有保存。请不要关掉这一页。", true);
      timer = setTimeout(save, RETRY_MS);
    }).then(function () {
      clearTimeout(late);
      running = null;
    });
  }

  function changed() {
    changes += 1;
    clearTimeout(copying);
    copying = setTimeout(keep, COPY_MS);
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", function () {
    form.elements.csrfmiddlewaretoken.value = token();
    leaving = true;
    if (changes !== savedChanges) keep();
  });
  setInterval(save, EVERY_MS);
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && changes !== savedChanges) { keep(); save(); }
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("beforeunload", function (event) {
    if (changes !== savedChanges && !leaving && !keep()) { event.preventDefault(); event.returnValue = ""; }
  });

  /* What this device still has from a cut connection or a closed phone. */
  function offer() {
    const old = copyKey + ":old";
    const text = storage(function (box) {
      if (box.getItem(copyKey)) box.setItem(old, box.getItem(copyKey));
      box.removeItem(copyKey);
      return box.getItem(old);
    });
    function forget() { storage(function (box) { box.removeItem(old); }); }
    let copy = null;
    try { copy = text && JSON.parse(text); } catch (error) { copy = null; }
    if (!copy || JSON.stringify(copy.fields) === JSON.stringify(typed())) { forget(); return; }
    const box = document.getElementById("local");
    document.getElementById("local-time").textContent = moment(new Date(copy.at));
    box.hidden = false;
    document.getElementById("local-restore").addEventListener("click", function () {
      const values = {};
      copy.fields.forEach(function (pair) { values[pair[0]] = pair[1]; });
      form.elements.revision.value = copy.revision;
      fields().forEach(function (one) {
        if (!Object.prototype.hasOwnProperty.call(values, one.name)) return;
        if (one.type === "checkbox") one.checked = values[one.name];
        else one.value = values[one.name];
      });
      box.hidden = true;
      changed();
      keep();
      forget();
      save();
    });
    document.getElementById("local-drop").addEventListener("click", function () {
      if (!window.confirm("不要这台设备上留着的内容了？")) return;
      box.hidden = true;
      forget();
    });
  }

  forgetOld();
  if (form.dataset.unsaved) changes = 1;
  else offer();
})();
