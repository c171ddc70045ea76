/* What the recorder's screen still has to tell the server: kept on this device, sent in order, one at a time.
   Nothing leaves the queue before the server has answered; a text that was once sent is sent again unchanged. */
(function () {
  "use strict";

  const WAITS = [1000, 2000, 4000, 8000, 15000];
  const TIMEOUT_MS = 20000;
  const KEEP_DAYS = 14;

  function id() {
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(8)), function (byte) { return byte.toString(16); }).join("");
  }

  /* options: key, url, token(), done(order, answer), refused(order, answer), cut(why), idle() */
  window.roomQueue = function (options) {
    let memory = [], stored = true, running = false, timer = 0, failures = 0;

    function read() {
      if (!stored) return memory;
      try { return JSON.parse(window.localStorage.getItem(options.key) || "[]"); } catch (error) { return memory; }
    }
    function write(orders) {
      memory = orders;
      try {
        if (orders.length) window.localStorage.setItem(options.key, JSON.stringify(orders));
        else window.localStorage.removeItem(options.key);
        stored = true;
      } catch (error) { stored = false; }
    }
    function change(work) {
      const orders = read();
      work(orders);
      write(orders);
    }

    /* Notes of one slot: what was not yet sent is replaced, what may have arrived stays. */
    function note(slot, text, base) {
      change(function (orders) {
        const waiting = orders.filter(function (one) { return one.what === "notes" && one.slot === slot; });
        const last = waiting[waiting.length - 1];
        if (last && !last.tried) last.text = text;
        else orders.push({ id: id(), at: Date.now(), what: "notes", slot: slot, text: text, base: base });
      });
    }
    function go(left, to, reason) {
      change(function (orders) {
        orders.push({ id: id(), at: Date.now(), what: "go", left: left, to: to, reason: reason || "" });
      });
    }

    function body(order) {
      const data = new FormData();
      const lag = Math.max(0, Math.round((Date.now() - order.at) / 1000));
      const fields = order.what === "notes"
        ? { do: "notes", slot: order.slot, notes: order.text, base: order.base }
        : { do: "go", left: order.left, to: order.to, reason: order.reason, ago: lag };
      Object.keys(fields).forEach(function (name) { data.append(name, fields[name]); });
      return data;
    }
    function ask(method, data) {
      const stop = new AbortController();
      const late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
      return fetch(options.url, {
        method: method, body: data, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: stop.signal,
        headers: { "X-CSRFToken": options.token(), "HX-Request": "true" },
      }).then(function (response) {
        if (response.type === "opaqueredirect" || response.status === 403) throw new Error("expired");
        if (!response.ok && response.status !== 400) throw new Error("cut");
        return response.json();
      }).then(function (answer) { clearTimeout(late); return answer; }, function (error) { clearTimeout(late); throw error; });
    }

    function send() {
      clearTimeout(timer);
      if (running) return;
      const order = read()[0];
      if (!order) { options.idle(); return; }
      running = true;
      change(function (orders) { orders.forEach(function (one) { if (one.id === order.id) one.tried = true; }); });
      ask("POST", body(order)).then(function (answer) {
        failures = 0;
        change(function (orders) {
          const at = orders.findIndex(function (one) { return one.id === order.id; });
          if (at >= 0) orders.splice(at, 1);
          if (answer.saved) orders.forEach(function (one) { if (one.slot === order.slot) one.base = answer.saved; });
        });
        if (answer.error) options.refused(order, answer);
        else options.done(order, answer);
        running = false;
        send();
      }).catch(function (error) {
        running = false;
        options.cut(error.message === "expired" ? "expired" : "cut", stored);
        timer = setTimeout(send, WAITS[Math.min(failures, WAITS.length - 1)]);
        failures += 1;
      });
    }

    /* What lay here for two weeks is of a meeting long over. */
    (function () {
      try {
        Object.keys(window.localStorage).forEach(function (key) {
          if (key.indexOf("room:") !== 0) return;
          const first = JSON.parse(window.localStorage.getItem(key))[0];
          if (!first || Date.now() - first.at > KEEP_DAYS * 86400000) window.localStorage.removeItem(key);
        });
      } catch (error) { return; }
    })();

    return {
      note: note, go: go, send: send, orders: read,
      look: function () { return ask("GET"); },
      isSafe: function () { return stored || !memory.length; },
    };
  };

  /* What the server would not take stays here until somebody has copied it. */
  window.roomRefused = function (key, box) {
    function all() { try { return JSON.parse(window.localStorage.getItem(key) || "[]"); } catch (error) { return []; } }
    function draw(texts) {
      const place = document.getElementById("refused-texts");
      place.textContent = "";
      texts.forEach(function (one) {
        const why = document.createElement("p"), text = document.createElement("pre");
        why.textContent = one.why;
        text.textContent = one.text;
        place.appendChild(why);
        place.appendChild(text);
      });
      box.hidden = !texts.length;
    }
    document.getElementById("refused-drop").addEventListener("click", function () {
      try { window.localStorage.removeItem(key); } catch (error) { return; }
      draw([]);
    });
    draw(all());
    return {
      add: function (why, text) {
        const texts = all().concat([{ at: Date.now(), why: why, text: text }]);
        try { window.localStorage.setItem(key, JSON.stringify(texts)); } catch (error) { box.scrollIntoView(); }
        draw(texts);
      },
    };
  };
})();
