// Builds strokes.txt once, at development time; nothing of this runs in the product.
//   npm install cnchar cnchar-order@3.2.6 cnchar-data@1.1.0 && node build_strokes.js > strokes.txt     (Node 20 with full ICU)
// Line: stroke count, TAB, stroke types (1 横 2 竖 3 撇 4 点 5 折; "-" when unknown), TAB, the characters in order.
const fs = require("fs");
const path = require("path");
const cnchar = require("cnchar");
const order = require("cnchar-order");
cnchar.use(order);

const TYPES = { j: 1, i: 1, f: 2, g: 2, s: 3, k: 4, d: 4, l: 4 }; // every other letter is a turning stroke: 5
const orders = order.dict.orders;
const collator = new Intl.Collator("zh-u-co-stroke");
const marks = Array.from({ length: 64 }, (_, n) => "\uFDD0" + String.fromCodePoint(0x2801 + n)); // ICU's own "n strokes" marks

function icuCount(character) {
  let count = 0;
  while (count < 64 && collator.compare(marks[count], character) <= 0) count++;
  return count > 32 && (character < "一" || character > "龥") ? null : count; // after the last mark come the characters ICU has no count for
}
function drawnCount(character) {
  const file = path.join("node_modules/cnchar-data/draw", character + ".json");
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)).strokes.length : null;
}
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n));
}
// Basic block, extension A, C, D, E; of extension B the characters of 通用规范汉字表. What no source counts is left out.
const characters = [
  "〇", ...range(0x4e00, 0x9fff), ...range(0x3400, 0x4dbf), ...range(0x2a700, 0x2cea1),
  ..."𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌",
];
const rows = [];
for (const character of characters) {
  if (!/\p{Script=Han}/u.test(character)) continue;
  const letters = orders[character];
  const sequence = letters ? [...letters].map((letter) => TYPES[letter] || 5).join("") : "-";
  const count = letters ? letters.length : drawnCount(character) || icuCount(character);
  if (count) rows.push({ character, count, sequence });
}
const rank = (row) => (row.sequence === "-" ? "9" : row.sequence);
rows.sort(
  (a, b) =>
    a.count - b.count ||
    (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0) ||
    collator.compare(a.character, b.character),
);
let line = null;
for (const row of rows) {
  const head = `${row.count}\t${row.sequence}\t`;
  if (head !== line) process.stdout.write((line === null ? "" : "\n") + head);
  line = head;
  process.stdout.write(row.character);
}
process.stdout.write("\n");
