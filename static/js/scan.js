/* Uploading sheets: how many files are chosen and how large, and how far the sending is.
   Without this file the form is sent as it is. */
(function () {
  "use strict";

  const form = document.getElementById("upload");
  if (!form || !window.FormData) return;
  const chosen = form.querySelector(".chosen");
  const sending = form.querySelector(".sending");
  const bar = form.querySelector("progress");
  const inputs = Array.prototype.slice.call(form.querySelectorAll("input[type=file]"));

  function files() {
    return inputs.reduce(function (all, input) { return all.concat(Array.prototype.slice.call(input.files)); }, []);
  }

  function megabytes(bytes) { return Math.max(0.1, bytes / 1048576).toFixed(1); }

  function show() {
    const all = files();
    const total = all.reduce(function (sum, file) { return sum + file.size; }, 0);
    const large = all.filter(function (file) { return file.size > form.dataset.fileMb * 1048576; });
    chosen.classList.toggle("bad", false);
    chosen.textContent = all.length ? "选了 " + all.length + " 个文件，共 " + megabytes(total) + " MB。" : "";
    if (large.length || total > form.dataset.uploadMb * 1048576) {
      chosen.classList.toggle("bad", true);
      chosen.textContent += large.length ? "“" + large[0].name + "”太大，一个文件不能超过 " + form.dataset.fileMb + " MB。" : "合起来太大，请分几次上传。";
    }
  }

  inputs.forEach(function (input) { input.addEventListener("change", show); });

  form.addEventListener("submit", function (event) {
    if (!files().length) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    call.setRequestHeader("X-Upload", "1");
    call.upload.addEventListener("progress", function (sent) {
      if (!sent.lengthComputable) return;
      bar.hidden = false;
      bar.max = sent.total;
      bar.value = sent.loaded;
      sending.textContent = "正在上传 " + megabytes(sent.loaded) + " / " + megabytes(sent.total) + " MB，请不要关闭本页。";
    });
    call.addEventListener("load", function () {
      if (call.status === 413) { again("文件太大，服务器没有收。请分几次上传，或者把分辨率改为 200 dpi。"); return; }
      let to = form.action;
      try { to = JSON.parse(call.responseText).to; } catch (error) { /* a page of its own: look at it afresh */ }
      window.location.assign(to);
    });
    call.addEventListener("error", function () { again("没有传上去，请检查网络，再按一次“上传，开始读”。选好的文件还在。"); });
    call.send(new FormData(form));

    function again(words) {
      button.disabled = false;
      delete form.dataset.sent;
      bar.hidden = true;
      sending.textContent = words;
    }
  }, true);
})();
