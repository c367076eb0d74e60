// The letters of Kyrgyz must be in the font files that are shipped, not only in their unicode-range:
// a browser that does not find one takes it from another font, and the word falls apart.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliDecompressSync } from "node:zlib";
import { expect, it } from "vitest";

const files = createRequire(import.meta.url).resolve("@fontsource-variable/inter/package.json").replace("package.json", "files/");

/** Number of the `cmap` table in the list of names that WOFF2 knows. */
const CMAP = 0;
/** Tables whose length in the file differs from their own because they are transformed. */
const TRANSFORMED = new Set([10, 11]);

/** The code points of a WOFF2 file, from its `cmap` (formats 4 and 12). */
function lettersOf(path: string): Set<number> {
  const file = readFileSync(path);
  const tables = file.readUInt16BE(12);
  let offset = 48;
  let start = 0;
  let cmap: { start: number; length: number } | undefined;
  const number = (): number => {
    let value = 0;
    for (;;) {
      const byte = file.readUInt8(offset++);
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  for (let index = 0; index < tables; index += 1) {
    const flags = file.readUInt8(offset++);
    if ((flags & 63) === 63) offset += 4;
    let length = number();
    // glyf and loca are transformed unless version 3 says otherwise; all others when it is not 0.
    const transformed = TRANSFORMED.has(flags & 63) ? flags >> 6 !== 3 : flags >> 6 !== 0;
    if (transformed) length = number();
    if ((flags & 63) === CMAP) cmap = { start, length };
    start += length;
  }
  if (!cmap) throw new Error(`${path} has no cmap`);
  return readCmap(brotliDecompressSync(file.subarray(offset, offset + file.readUInt32BE(20))).subarray(cmap.start, cmap.start + cmap.length));
}

function readCmap(cmap: Buffer): Set<number> {
  const letters = new Set<number>();
  for (let record = 0; record < cmap.readUInt16BE(2); record += 1) {
    const at = cmap.readUInt32BE(4 + record * 8 + 4);
    const format = cmap.readUInt16BE(at);
    if (format === 12) {
      for (let group = 0; group < cmap.readUInt32BE(at + 12); group += 1) add(letters, cmap.readUInt32BE(at + 16 + group * 12), cmap.readUInt32BE(at + 20 + group * 12));
    } else if (format === 4) {
      const doubled = cmap.readUInt16BE(at + 6);
      for (let segment = 0; segment < doubled; segment += 2) add(letters, cmap.readUInt16BE(at + 16 + doubled + segment), cmap.readUInt16BE(at + 14 + segment));
    }
  }
  return letters;
}

function add(letters: Set<number>, from: number, to: number): void {
  for (let letter = from; letter <= to && letter !== 0xffff; letter += 1) letters.add(letter);
}

it("ships the letters that only Kyrgyz has", () => {
  const letters = lettersOf(`${files}inter-cyrillic-ext-wght-normal.woff2`);
  expect(Array.from("ҢңӨөҮү").filter((letter) => !letters.has(letter.codePointAt(0) ?? 0))).toEqual([]);
  expect(letters.has("語".codePointAt(0) ?? 0)).toBe(false);
});

it("ships the rest of the Cyrillic alphabet and the signs we use", () => {
  const cyrillic = lettersOf(`${files}inter-cyrillic-wght-normal.woff2`);
  expect(Array.from("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя№").filter((letter) => !cyrillic.has(letter.codePointAt(0) ?? 0))).toEqual([]);
  const latin = lettersOf(`${files}inter-latin-wght-normal.woff2`);
  expect(Array.from("×·–«»±°0123456789%").filter((letter) => !latin.has(letter.codePointAt(0) ?? 0))).toEqual([]);
});
