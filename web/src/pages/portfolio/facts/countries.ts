/** The countries there are, by their two letters, in the order of their names. */

const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Codes that mean no country: unions, and what is kept for private use. */
const NONE = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);

export function countries(): (readonly [code: string, name: string])[] {
  return LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .flatMap((code) => {
      const name = NAMES.of(code);
      return name && !NONE.has(code) && isOfToday(code) ? [[code, name] as const] : [];
    })
    .sort(([, one], [, other]) => one.localeCompare(other));
}

/** Not one that became another: DD is DE, and UK is GB. */
function isOfToday(code: string): boolean {
  return new Intl.Locale(`und-${code}`).region === code;
}
