/* Writing a material: saves by itself, keeps on this device what the server does not have yet, counts characters.
   Without this file every page works with its own buttons. */
(function () {
  "use strict";

  const EVERY_MS = 30000;
  const RETRY_MS = 10000;
  const COPY_MS = 400;
  const TIMEOUT_MS = 20000;
  const KEEP_DAYS = 14;
  const BLANK_ID = "0".repeat(32);
  const UNCOUNTED = /[\p{Cc}\p{Cf}\p{Mn}\p{Zl}\p{Zp}\p{Zs}]/gu;

  const form = document.getElementById("writing");
  if (!form || !window.fetch || !window.Promise) return;
  const items = document.getElementById("items");
  const status = document.getElementById("saved");
  const count = document.getElementById("count");
  const least = Number(form.dataset.least || 0);
  const copyKey = form.dataset.copy;
  let changes = 0, savedChanges = 0, running = null, leaving = false, stale = false, timer = 0, copying = 0;

  function cookie(name) {
    const found = document.cookie.split("; ").filter(function (part) { return part.indexOf(name + "=") === 0; })[0];
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  function token() { return cookie(form.dataset.csrfCookie) || form.elements.csrfmiddlewaretoken.value; }
  function say(text, bad) { status.textContent = text; status.classList.toggle("bad", !!bad); }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function moment(date) { return date.getMonth() + 1 + "月" + date.getDate() + "日 " + two(date.getHours()) + ":" + two(date.getMinutes()); }

  /* What is typed, in order: everything but the key of the form and the button. */
  function fields() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.type !== "submit" && one.type !== "button" && one.name !== "csrfmiddlewaretoken" && one.name !== "revision";
    });
  }
  function typed() { return fields().map(function (one) { return [one.name, one.value]; }); }

  /* The copy on this device. */
  function storage(work) {
    try { return work(window.localStorage); } catch (error) { return null; }
  }
  function keep() {
    clearTimeout(copying);
    const text = JSON.stringify({ at: Date.now(), revision: form.elements.revision.value, fields: typed() });
    return storage(function (box) { box.setItem(copyKey, text); return true; }) === true;
  }
  function keepSoon() {
    clearTimeout(copying);
    copying = setTimeout(keep, COPY_MS);
  }
  function drop() { clearTimeout(copying); storage(function (box) { box.removeItem(copyKey); }); }
  function forgetOld() {
    storage(function (box) {
      Object.keys(box).filter(function (key) { return key.indexOf("material:") === 0; }).forEach(function (key) {
        let at = 0;
        try { at = JSON.parse(box.getItem(key)).at; } catch (error) { at = 0; }
        if (Date.now() - at > KEEP_DAYS * 86400000) box.removeItem(key);
      });
    });
  }

  function changed() {
    changes += 1;
    keepSoon();
    tally();
  }

  /* Saving: one request at a time; what was changed meanwhile goes with the next. */
  function save() {
    if (running) return running;
    if (stale || changes === savedChanges) return Promise.resolve(!stale);
    clearTimeout(timer);
    const mark = changes;
    const stop = new AbortController();
    const late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
    form.elements.csrfmiddlewaretoken.value = token();
    running = fetch(form.dataset.save, {
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
        say(got.answer.error + (stale ? "请按“保存材料”对照。" : ""), true);
        return false;
      }
      savedChanges = mark;
      form.elements.revision.value = got.answer.revision;
      form.elements.csrfmiddlewaretoken.value = got.answer.token;
      if (changes === mark) drop();
      say("已于 " + got.answer.saved + " 保存");
      points(got.answer.unanswered);
      return changes === mark;
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
    return save().then(function (done) { return done || (changes !== savedChanges && !stale && !status.classList.contains("bad") ? save() : done); });
  }

  setInterval(save, EVERY_MS);
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState !== "hidden" || changes === savedChanges) return;
    keep();
    save();
  });
  window.addEventListener("pagehide", function () { if (changes !== savedChanges && !leaving) keep(); });
  window.addEventListener("beforeunload", function (event) {
    if (changes !== savedChanges && !leaving && !keep()) { event.preventDefault(); event.returnValue = ""; }
  });

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
      changed();
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
    changed();
  }

  form.addEventListener("input", changed);
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
    if (leaving || stale) {
      form.elements.csrfmiddlewaretoken.value = token();
      leaving = true;
      keep();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (changes === savedChanges && !order) changes += 1;
    flush().then(function (done) {
      if (done && order === "check") { leaving = true; window.location.assign(form.dataset.check); }
      if (stale && window.confirm("这份材料在另一处保存过。现在打开对照页面？您写的内容都会留着。")) {
        leaving = true;
        form.elements.csrfmiddlewaretoken.value = token();
        HTMLFormElement.prototype.submit.call(form);
      }
    });
  }, true);
  window.addEventListener("pageshow", function () { leaving = false; });

  /* What this device still has from a cut connection or a closed phone. */
  function restore(copy) {
    form.elements.revision.value = copy.revision;
    copy.fields.forEach(function (pair) {
      if (pair[0] === "item" && items && /^[0-9a-f]{32}$/.test(pair[1])) {
        items.appendChild(document.getElementById("item-" + pair[1]) || addItem(pair[1]));
      }
    });
    const values = {};
    copy.fields.forEach(function (pair) { values[pair[0]] = pair[1]; });
    fields().forEach(function (one) {
      if (one.name !== "item" && Object.prototype.hasOwnProperty.call(values, one.name)) one.value = values[one.name];
    });
    if (items) renumber();
    changed();
    points(unanswered());
  }
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
      restore(copy);
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
  tally();
})();
