/* Long texts being written: saves by itself, keeps on this device what the server does not have yet.
   keepForm(form, how) is used by material.js and minutes.js; without these files every page works with its own buttons.
   how.prefix   names the copies on this device ("material"); old ones of that name are forgotten
   how.address  where to save
   how.compare  what to press when somebody else saved meanwhile
   how.saved    called with the server's answer after a save (may be left out)
   how.restore  called with the kept copy: puts it back into the form
   how.changed  called after each change (may be left out) */
(function () {
  "use strict";

  const EVERY_MS = 30000;
  const RETRY_MS = 10000;
  const COPY_MS = 400;
  const TIMEOUT_MS = 20000;
  const KEEP_DAYS = 14;

  function cookie(name) {
    const found = document.cookie.split("; ").filter(function (part) { return part.indexOf(name + "=") === 0; })[0];
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function moment(date) { return date.getMonth() + 1 + "月" + date.getDate() + "日 " + two(date.getHours()) + ":" + two(date.getMinutes()); }
  function storage(work) {
    try { return work(window.localStorage); } catch (error) { return null; }
  }
  function forgetOld(prefix) {
    storage(function (box) {
      Object.keys(box).filter(function (key) { return key.indexOf(prefix + ":") === 0; }).forEach(function (key) {
        let at = 0;
        try { at = JSON.parse(box.getItem(key)).at; } catch (error) { at = 0; }
        if (Date.now() - at > KEEP_DAYS * 86400000) box.removeItem(key);
      });
    });
  }

  window.keepForm = function (form, how) {
    const status = document.getElementById("saved");
    const copyKey = form.dataset.copy;
    let changes = 0, savedChanges = 0, running = null, leaving = false, stale = false, timer = 0, copying = 0;

    function token() { return cookie(form.dataset.csrfCookie) || form.elements.csrfmiddlewaretoken.value; }
    function say(text, bad) { status.textContent = text; status.classList.toggle("bad", !!bad); }
    function dirty() { return changes !== savedChanges; }

    /* What is typed, in order: everything but the key of the form and the buttons. */
    function fields() {
      return Array.prototype.filter.call(form.elements, function (one) {
        return one.name && one.type !== "submit" && one.type !== "button" && one.name !== "csrfmiddlewaretoken" && one.name !== "revision";
      });
    }
    function typed() {
      return fields().map(function (one) { return [one.name, one.type === "checkbox" ? one.checked : one.value]; });
    }

    /* The copy on this device. */
    function keep() {
      clearTimeout(copying);
      const text = JSON.stringify({ at: Date.now(), revision: form.elements.revision.value, fields: typed() });
      return storage(function (box) { box.setItem(copyKey, text); return true; }) === true;
    }
    function drop() { clearTimeout(copying); storage(function (box) { box.removeItem(copyKey); }); }
    function changed() {
      changes += 1;
      clearTimeout(copying);
      copying = setTimeout(keep, COPY_MS);
      if (how.changed) how.changed();
    }

    /* Saving: one request at a time; what was changed meanwhile goes with the next. */
    function save() {
      if (running) return running;
      if (stale || !dirty()) return Promise.resolve(!stale);
      clearTimeout(timer);
      const mark = changes;
      const stop = new AbortController();
      const late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
      form.elements.csrfmiddlewaretoken.value = token();
      running = fetch(how.address, {
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
          say(got.answer.error + (stale ? how.compare : ""), true);
          return false;
        }
        savedChanges = mark;
        form.elements.revision.value = got.answer.revision;
        form.elements.csrfmiddlewaretoken.value = got.answer.token;
        if (!dirty()) drop();
        say("已于 " + got.answer.saved + " 保存");
        if (how.saved) how.saved(got.answer);
        return !dirty();
      }).catch(function (error) {
        const kept = keep();
        if (error.message === "expired") say("登录已过期" + (kept ? "，内容已存在本机" : "") + "。请另开一页登录，再回到这里，会自动保存。", true);
        else say(kept ? "网络断了，内容已存在本机，接通后自动保存" : "网络断了，还没有保存。请不要关掉这一页。", true);
        timer = setTimeout(save, RETRY_MS);
        return false;
      }).then(function (done) {
        clearTimeout(late);
        running = null;
        return done;
      });
      return running;
    }
    function flush() {
      return save().then(function (done) { return done || (dirty() && !stale && !status.classList.contains("bad") ? save() : done); });
    }
    /* The form is posted, or the page left, on purpose. */
    function leave() {
      form.elements.csrfmiddlewaretoken.value = token();
      leaving = true;
      if (dirty()) keep();
    }

    setInterval(save, EVERY_MS);
    window.addEventListener("online", save);
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState !== "hidden" || !dirty()) return;
      keep();
      save();
    });
    window.addEventListener("pagehide", function () { if (dirty() && !leaving) keep(); });
    window.addEventListener("pageshow", function () { leaving = false; });
    window.addEventListener("beforeunload", function (event) {
      if (dirty() && !leaving && !keep()) { event.preventDefault(); event.returnValue = ""; }
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
        box.hidden = true;
        form.elements.revision.value = copy.revision;
        how.restore(copy.fields);
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
    /* Puts the kept values into the fields there are. */
    function fill(pairs) {
      const values = {};
      pairs.forEach(function (pair) { values[pair[0]] = pair[1]; });
      fields().forEach(function (one) {
        if (!Object.prototype.hasOwnProperty.call(values, one.name)) return;
        if (one.type === "checkbox") one.checked = values[one.name];
        else one.value = values[one.name];
      });
    }

    forgetOld(how.prefix);
    if (form.dataset.unsaved) changes = 1;
    else offer();
    return {
      changed: changed, flush: flush, leave: leave, fill: fill, dirty: dirty,
      stale: function () { return stale; },
      leaving: function () { return leaving; },
    };
  };
})();
