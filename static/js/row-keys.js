/* Choosing row by row with keys: digits and x choose and go on, arrows move, Enter goes on to what follows.
   Used by count.js (a paper being typed) and strips.js (rows being decided).
   how.form, how.rows; how.selector finds the row of an element; how.kept(row) after a choice;
   how.ended() after the last row (may be left out); how.enter(); how.busy() says that the page is being left. */
(function () {
  "use strict";

  window.rowKeys = function (how) {
    var rows = how.rows, current = -1;

    function radios(row) { return Array.prototype.slice.call(row.querySelectorAll("input[type=radio]")); }
    function chosen(row) { return row.querySelector("input[type=radio]:checked"); }

    function go(index, quiet) {
      if (rows[current]) rows[current].classList.remove("current");
      current = Math.max(0, Math.min(rows.length - 1, index));
      var row = rows[current];
      row.classList.add("current");
      if (quiet) return;
      (chosen(row) || radios(row)[0]).focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }

    function kept(row) {
      row.classList.remove("missing");
      how.kept(row);
    }

    function choose(key) {
      var row = rows[current];
      var wanted = radios(row).filter(function (radio) { return radio.value === key; })[0];
      if (!wanted) return false;
      wanted.checked = true;
      kept(row);
      if (current < rows.length - 1) go(current + 1);
      else if (how.ended) how.ended();
      return true;
    }

    function keyOf(event) {
      var code = /^(?:Digit|Numpad)([0-9])$/.exec(event.code || "");
      if (code && !event.shiftKey) return code[1];
      if (event.code === "KeyX" || /^[xX\uFF38\uFF58]$/.test(event.key)) return "x";
      var digit = /^[0-9\uFF10-\uFF19]$/.exec(event.key);
      return digit ? String.fromCharCode(digit[0].charCodeAt(0) % 0xFEE0) : event.key;
    }

    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey || how.busy()) return;
      var inside = event.target.contains(how.form) || how.form.contains(event.target);
      var control = event.target.closest && event.target.closest("a, button, summary, textarea, input:not([type=radio])");
      if (!inside || (control && (event.key === "Enter" || event.key === " "))) return;
      var key = keyOf(event), handled = true;
      if (/^[0-9x]$/.test(key)) handled = choose(key);
      else if (key === "ArrowDown" || key === "ArrowRight") go(current + 1);
      else if (key === "ArrowUp" || key === "ArrowLeft" || key === "Backspace") go(current - 1);
      else if (key === "Enter") { if (!event.repeat) how.enter(); }
      else handled = false;
      if (handled) event.preventDefault();
    });

    how.form.addEventListener("change", function (event) {
      if (event.target.type !== "radio") return;
      var row = event.target.closest(how.selector);
      go(rows.indexOf(row), true);
      kept(row);
    });
    how.form.addEventListener("focusin", function (event) {
      var row = event.target.closest(how.selector);
      if (row && rows.indexOf(row) !== current) go(rows.indexOf(row), true);
    });

    var first = 0;
    while (first < rows.length - 1 && chosen(rows[first])) first += 1;
    go(first);
  };
})();
