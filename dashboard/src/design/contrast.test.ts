// The tokens keep WCAG 2.2 AA: text 4.5:1 on every ground it stands on, shapes and borders 3:1.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

function tokensOf(scheme: "dark" | "light"): Map<string, string> {
  const block = new RegExp(`\\[data-mantine-color-scheme="${scheme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

/** Relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["--ground", "--surface", "--raised"];
const TEXT: [string, string[]][] = [
  ["--text", [...GROUNDS, "--rule", "--accent-soft", "--critical-soft", "--high-soft"]],
  ["--muted", GROUNDS],
  ["--accent", [...GROUNDS, "--accent-soft"]],
  ["--accent-strong", GROUNDS],
  ["--on-accent", ["--accent", "--accent-strong"]],
];
const SHAPES = ["--critical", "--high", "--medium", "--low", "--system", "--rule-strong", "--accent"];

describe.each(["dark", "light"] as const)("%s", (scheme) => {
  const tokens = tokensOf(scheme);
  const value = (name: string): string => tokens.get(name) ?? expect.fail(`${name} is no colour of the ${scheme} scheme`);

  it.each(TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const)))("%s can be read on %s", (text, ground) => {
    expect(contrast(value(text), value(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES.flatMap((shape) => GROUNDS.map((ground) => [shape, ground] as const)))("%s can be told from %s", (shape, ground) => {
    expect(contrast(value(shape), value(ground))).toBeGreaterThanOrEqual(3);
  });
});
