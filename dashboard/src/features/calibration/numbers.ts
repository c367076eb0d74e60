// Numbers as people type them, and as they are shown in a field.

/** Reads a number with a point or a comma; `undefined` for an empty field, `null` for what is none. */
export function readNumber(text: string): number | undefined | null {
  const plain = text.trim().replace(",", ".").replace(/^\u2212/, "-");
  if (plain === "") return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

/** The shortest text of a number with at most so many digits after the point. */
export function fieldText(value: number | undefined, digits: number): string {
  return value === undefined ? "" : String(Number(value.toFixed(digits)));
}
