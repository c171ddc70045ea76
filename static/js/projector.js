/* The projector follows the recorder: asks every few seconds, counts in between, says when it is cut off. */
(function () {
  "use strict";

  const EVERY_MS = 3000;
  const TIMEOUT_MS = 8000;

  const wall = document.getElementById("wall");
  const part = document.getElementById("part");
  const link = document.getElementById("link");
  if (!wall || !window.fetch) return;
  let since = Date.now(), running = false;

  function two(number) { return (number < 10 ? "0" : "") + number; }
  function tick() {
    const scene = part.querySelector(".scene"), clock = part.querySelector(".clock");
    if (!clock || !scene.dataset.seconds) return;
    const seconds = Number(scene.dataset.seconds) + Math.floor((Date.now() - since) / 1000);
    clock.textContent = two(Math.floor(seconds / 60)) + ":" + two(seconds % 60);
  }
  function follow() {
    if (running) return;
    running = true;
    const stop = new AbortController();
    const late = setTimeout(function () { stop.abort(); }, TIMEOUT_MS);
    fetch(wall.dataset.url, {
      credentials: "same-origin", redirect: "manual", cache: "no-store", headers: { "HX-Request": "true" }, signal: stop.signal,
    }).then(function (response) {
      if (response.type === "opaqueredirect" || response.status === 403) throw new Error("expired");
      if (!response.ok) throw new Error("cut");
      return response.text();
    }).then(function (html) {
      part.innerHTML = html;
      since = Date.now();
      link.textContent = "";
      tick();
    }).catch(function (error) {
      link.textContent = error.message === "expired" ? "登录已过期，请重新登录后再打开本页。" : "网络断了，画面暂停更新，接通后自动跟上。";
    }).then(function () {
      clearTimeout(late);
      running = false;
    });
  }

  document.getElementById("whole").addEventListener("click", function () {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });
  setInterval(tick, 1000);
  setInterval(follow, EVERY_MS);
  window.addEventListener("online", follow);
})();
