/* The recorder's screen: from slot to slot by keyboard, notes saved as they are typed, cut connections survived.
   Without this file the page works with its own buttons. */
(function () {
  "use strict";

  const STORE_MS = 250;
  const SEND_MS = 900;
  const LOOK_MS = 20000;
  const WRITING_MS = 6000; // whoever is writing stays with his slot when another device goes on
  const WORDS = { pending: "未进行", now: "正在进行", done: "已进行", skipped: "跳过" };
  const TAGS = { pending: "idle", now: "now", done: "ok", skipped: "warn" };

  const form = document.getElementById("noting");
  if (!form || !window.fetch || !window.roomQueue) return;
  const box = document.getElementById("notes");
  const status = document.getElementById("saved");
  const skipping = document.getElementById("skipping");
  const reason = document.getElementById("reason");
  const refused = window.roomRefused(form.dataset.key + ":refused", document.getElementById("refused"));
  const leads = !!form.dataset.lead, writes = !!form.dataset.note;
  let token = "", lastSaved = "", shown = null, dirty = false, storing = 0, sending = 0, typedAt = 0;

  function byId(id) { return document.getElementById(id); }
  function cookie(name) {
    const found = document.cookie.split("; ").filter(function (part) { return part.indexOf(name + "=") === 0; })[0];
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  function say(text, bad) { status.textContent = text; status.classList.toggle("bad", !!bad); }
  function tell(text) {
    byId("aside").firstElementChild.textContent = text;
    byId("aside").hidden = false;
  }
  function two(number) { return (number < 10 ? "0" : "") + number; }

  /* The slots as the page was filled with. */
  const lines = Array.prototype.map.call(document.querySelectorAll("#slots [data-slot]"), function (item, at) {
    return {
      id: item.dataset.slot, at: at, item: item, status: item.dataset.status, saved: Number(item.dataset.saved),
      seconds: Number(item.dataset.seconds), since: Date.now(), who: item.dataset.who, what: item.dataset.what,
      asks: !!item.dataset.asks, notes: item.querySelector(".kept").textContent,
    };
  });
  function find(id) { return lines.filter(function (line) { return line.id === id; })[0] || null; }
  function running() { return lines.filter(function (line) { return line.status === "now"; })[0] || null; }
  function words(line) { return line.what ? line.who + "　" + line.what : line.who; }
  function took(line) { return line.seconds + (line.status === "now" ? Math.floor((Date.now() - line.since) / 1000) : 0); }
  function last(list) { return list[list.length - 1] || null; }
  function nextOf(now) {
    const held = last(lines.filter(function (line) { return line.status === "done"; }));
    const after = now ? now.at : held ? held.at : -1;
    return lines.filter(function (line) { return line.at > after && line.status === "pending"; })[0] || null;
  }
  function beforeOf(now) {
    return last(lines.filter(function (line) { return line.status === "done" && (!now || line.at < now.at); }));
  }

  /* What the page shows. */
  function draw() {
    const now = running(), coming = nextOf(now);
    byId("place").textContent = now ? "第 " + (now.at + 1) + " 项，共 " + lines.length + " 项" : "共 " + lines.length + " 项" + (coming ? "" : "，已经全部进行完");
    byId("who").textContent = now ? now.who : coming ? "还没有开始" : "全部进行完";
    byId("what").textContent = now ? now.what : "";
    byId("next").textContent = coming ? words(coming) : "没有了";
    byId("done").textContent = lines.filter(function (line) { return line.status === "done" || line.status === "skipped"; }).length;
    form.elements.now.value = now ? now.id : "";
    if (byId("to-ballot")) byId("to-ballot").hidden = !now || !now.item.dataset.ballot;
    if (leads) {
      byId("go").hidden = !now && !coming;
      byId("go").textContent = !now ? "开始" : coming ? "下一项" : "结束最后一项";
    }
    lines.forEach(function (line) {
      const tag = line.item.querySelector(".tag");
      tag.className = "tag " + TAGS[line.status];
      tag.textContent = WORDS[line.status];
      line.item.classList.toggle("shown", line === shown);
    });
    byId("elsewhere").hidden = !shown || shown === now;
    if (shown) byId("looking").textContent = "第 " + (shown.at + 1) + " 项 " + words(shown);
    tick();
  }
  function tick() {
    const now = running(), seconds = now ? took(now) : 0;
    byId("clock").textContent = now ? two(Math.floor(seconds / 60)) + ":" + two(seconds % 60) : "";
  }
  function show(line) {
    store();
    shown = line;
    byId("writing").hidden = !line;
    if (writes) byId("saving").hidden = !line;
    if (line) {
      form.elements.slot.value = line.id;
      box.value = line.notes;
      answers();
      const list = byId("slots");
      list.scrollTop = line.item.offsetTop - list.clientHeight / 3;
    }
    draw();
  }
  function answers() {
    const asked = byId("asked"), boxes = asked.querySelectorAll("input");
    asked.hidden = !shown || !shown.asks || !boxes.length;
    const said = box.value.split("\n");
    boxes.forEach(function (one) { one.checked = said.indexOf(form.dataset.answered + one.value) >= 0; });
  }

  /* Telling the server, through the queue. */
  const queue = window.roomQueue({
    key: form.dataset.key, url: form.action,
    token: function () { return cookie(form.dataset.csrfCookie) || token || form.elements.csrfmiddlewaretoken.value; },
    done: function (order, answer) {
      token = answer.token;
      lastSaved = answer.time;
      const line = find(order.slot);
      if (order.what === "notes" && line) kept(line, order, answer);
      if (answer.moved === false) tell("另一台设备已经翻到别的议程，现在显示的是最新情况。记录都在。");
      adopt(answer.state);
    },
    refused: function (order, answer) {
      if (order.what === "notes") refused.add(answer.error, order.text);
      else tell(answer.error);
      if (answer.state) adopt(answer.state);
    },
    cut: function (why, stored) {
      const waiting = queue.orders().length;
      const before = lastSaved ? "上次保存 " + lastSaved + "。" : "";
      if (!stored) say("网络断了，还没有保存。请不要关掉这一页。", true);
      else if (why === "expired") say("登录已过期，已记在本机（" + waiting + " 条）。请另开一页登录，再回到这里，会自动上传。", true);
      else say("网络断了，已记在本机，恢复后自动上传（" + waiting + " 条）。" + before, true);
    },
    idle: function () { if (lastSaved && !status.classList.contains("bad")) say("已于 " + lastSaved + " 保存"); },
  });

  function kept(line, order, answer) {
    status.classList.remove("bad");
    line.saved = answer.saved;
    if (answer.text === null) return;
    const more = line.notes.indexOf(order.text) === 0 ? line.notes.slice(order.text.length) : "\n" + line.notes;
    line.notes = answer.text + more;
    if (more) queue.note(line.id, line.notes, line.saved);
    tell("另一台设备刚才也记了第 " + (line.at + 1) + " 项，两份都保留了。请看一遍，重复的删去。");
    if (line === shown) { box.value = line.notes; answers(); }
  }
  function waits(line) {
    return (dirty && line === shown) || queue.orders().some(function (order) { return order.what === "notes" && order.slot === line.id; });
  }
  /* How things stand on the server: taken over as soon as it knows all that was done here. */
  function adopt(state) {
    if (queue.orders().some(function (order) { return order.what === "go"; })) return;
    status.classList.remove("bad");
    const same = state.lines.length === lines.length && state.lines.every(function (one, at) { return one.id === lines[at].id; });
    if (!same) { if (!dirty && !queue.orders().length) window.location.reload(); return; }
    const was = running();
    let behind = false;
    state.lines.forEach(function (one, at) {
      const line = lines[at];
      line.status = one.status;
      line.seconds = one.seconds;
      line.since = Date.now();
      if (one.saved === line.saved || waits(line)) return;
      if (one.notes === undefined) { behind = true; return; }
      line.saved = one.saved;
      line.notes = one.notes;
      if (line === shown) { box.value = line.notes; answers(); }
    });
    const now = running();
    if (was !== now && shown === was && Date.now() - typedAt > WRITING_MS) show(now || shown);
    draw();
    if (behind) look();
  }
  function look() {
    if (queue.orders().length || Date.now() - typedAt < 3000) return;
    queue.look().then(function (answer) { if (answer.state) { token = answer.token; adopt(answer.state); } }).catch(function () {});
  }

  /* Typing: on this device at once, to the server soon. */
  function store() {
    clearTimeout(storing);
    if (!dirty || !shown) return;
    dirty = false;
    queue.note(shown.id, shown.notes, shown.saved);
    clearTimeout(sending);
    sending = setTimeout(queue.send, SEND_MS);
  }
  function typed() {
    if (!shown || !writes) return;
    shown.notes = box.value;
    dirty = true;
    typedAt = Date.now();
    if (!status.classList.contains("bad")) say("正在保存…");
    clearTimeout(storing);
    storing = setTimeout(store, STORE_MS);
  }
  box.addEventListener("input", function () { typed(); answers(); });
  byId("asked").addEventListener("change", function (event) {
    const line = form.dataset.answered + event.target.value;
    const said = box.value.split("\n").filter(function (one) { return one !== line; });
    if (event.target.checked) said.push(line);
    box.value = said.join("\n").replace(/^\n/, "");
    typed();
  });

  /* From slot to slot. */
  function move(to, why) {
    if (!leads) return;
    const now = running();
    if (!now && !to) return;
    store();
    queue.go(now ? now.id : "", to ? to.id : "", why);
    apply(now, to, why);
    show(to || now);
    queue.send();
  }
  function apply(now, to, why) {
    if (now) {
      now.seconds = took(now);
      now.status = why ? "skipped" : to && to.at < now.at ? "pending" : "done";
    }
    if (to) { to.status = "now"; to.since = Date.now(); }
  }
  function next() { move(nextOf(running())); }
  function back() { const to = beforeOf(running()); if (to) move(to); }
  function skip() {
    if (!running()) return;
    if (!reason.value.trim()) { skipping.open = true; reason.focus(); return; }
    move(nextOf(running()), reason.value.trim());
    reason.value = "";
    skipping.open = false;
    reason.blur();
  }
  const ways = {
    next: next, back: back, skip: skip,
    save: function () { if (shown && writes) { shown.notes = box.value; dirty = true; store(); queue.send(); } },
    here: function () { if (shown) move(shown); },
  };
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();
    const active = document.activeElement;
    if (active === reason) skip();
    else if (event.submitter && ways[event.submitter.value]) ways[event.submitter.value]();
  }, true);
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const field = event.target.closest("input, textarea, select"), control = event.target.closest("button, a, summary");
    let act = null;
    if (event.key === "PageDown" || (event.key === "Enter" && event.ctrlKey)) act = next;
    else if (event.key === "PageUp") act = back;
    else if (event.key === "Escape" && event.target === box) act = function () { box.blur(); };
    else if (event.key === "Escape" && event.target === reason) act = function () { skipping.open = false; reason.blur(); };
    else if (field || event.ctrlKey) return;
    else if (event.key === "Enter" && !control) act = next;
    else if (event.code === "KeyS") act = skip;
    else if (event.code === "KeyN") act = function () { box.focus(); };
    if (!act) return;
    event.preventDefault();
    if (!event.repeat) act();
  });
  form.addEventListener("click", function (event) {
    if (event.detail > 1 && event.target.closest("button[name=do]")) event.preventDefault(); // a double click is one press
  });
  byId("slots").addEventListener("click", function (event) {
    const item = event.target.closest("[data-slot]");
    if (!item || event.ctrlKey) return;
    event.preventDefault();
    show(find(item.dataset.slot));
  });
  byId("return").addEventListener("click", function (event) { event.preventDefault(); show(running()); });

  /* What this device still has from before goes first. */
  queue.orders().forEach(function (order) {
    const line = find(order.slot), now = running();
    if (line) line.notes = order.text;
    if (order.what === "go" && (now ? now.id : "") === order.left) apply(now, find(order.to), order.reason);
  });
  say(writes ? status.dataset.none : "");
  show(find(new URLSearchParams(window.location.search).get("slot")) || running());
  setInterval(tick, 1000);
  setInterval(look, LOOK_MS);
  window.addEventListener("online", queue.send);
  document.addEventListener("visibilitychange", function () { store(); if (document.visibilityState === "visible") look(); });
  window.addEventListener("pagehide", store);
  window.addEventListener("beforeunload", function (event) {
    store();
    if (!queue.isSafe()) { event.preventDefault(); event.returnValue = ""; }
  });
  queue.send();
})();
