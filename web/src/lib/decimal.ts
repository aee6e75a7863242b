/** Exact sums of money, which a float would round. Numbers are texts such as `-1234.56`, as the desk tells them. */

interface Parts {
  /** The number without its point: 123456n of `1234.56`. */
  units: bigint;
  /** How many of its digits stand after the point. */
  scale: number;
}

/** As the desk reads them: `1e3` is a number, too; of a larger power than any amount has it says so itself. */
const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,2}))?$/i;

function partsOf(text: string): Parts | null {
  const [, sign, before = "", after = "", power = "0"] = NUMBER.exec(text.trim().replace("\u2212", "-")) ?? [];
  if (sign === undefined || before + after === "") return null;
  const scale = after.length - Number(power);
  const units = BigInt(before + after) * 10n ** BigInt(Math.max(0, -scale));
  return { units: sign === "-" ? -units : units, scale: Math.max(0, scale) };
}

function textOf({ units, scale }: Parts): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const [before, after] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const kept = after.replace(/0+$/, "");
  const text = kept ? `${before}.${kept}` : before;
  return units < 0n && text !== "0" ? `-${text}` : text;
}

/** Whether `text` is a number that can be counted with. */
export function isNumber(text: string): boolean {
  return partsOf(text) !== null;
}

/** The sum of `texts`; null where one of them is no number. */
export function sum(...texts: readonly string[]): string | null {
  let total: Parts = { units: 0n, scale: 0 };
  for (const text of texts) {
    const next = partsOf(text);
    if (!next) return null;
    const scale = Math.max(total.scale, next.scale);
    total = { units: scaled(total, scale) + scaled(next, scale), scale };
  }
  return textOf(total);
}

function scaled({ units, scale }: Parts, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

/** One times the other; null where one of them is no number. */
export function product(one: string, other: string): string | null {
  const [a, b] = [partsOf(one), partsOf(other)];
  return a && b && textOf({ units: a.units * b.units, scale: a.scale + b.scale });
}

/** `text` to `decimals` places, a half away from zero; null where it is no number. */
export function rounded(text: string, decimals: number): string | null {
  const told = partsOf(text);
  if (!told || told.scale <= decimals) return told && textOf(told);
  const step = 10n ** BigInt(told.scale - decimals);
  const half = told.units < 0n ? -step / 2n : step / 2n;
  return textOf({ units: (told.units + half) / step, scale: decimals });
}

/** With the other sign; what is no number stays as it is, for the desk to say so. */
export function negated(text: string): string {
  const told = partsOf(text);
  return told ? textOf({ ...told, units: -told.units }) : text;
}

export function signOf(text: string): -1 | 0 | 1 {
  const units = partsOf(text)?.units ?? 0n;
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}
