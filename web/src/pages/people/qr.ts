/**
 * QR codes, as ISO/IEC 18004:2015 has them: bytes, with level M of error correction, in the versions 1 to 20.
 *
 * What an authenticator reads must not be drawn by anybody else: it is the secret.
 */

/** Rows of modules; true is dark. */
type Modules = readonly (readonly boolean[])[];

/** Of each version: codewords of correction in a block, and blocks (table 9, level M). */
const CORRECTION: readonly (readonly [words: number, blocks: number])[] = [
  [10, 1],
  [16, 1],
  [26, 1],
  [18, 2],
  [24, 2],
  [16, 4],
  [18, 4],
  [22, 4],
  [22, 5],
  [26, 5],
  [30, 5],
  [22, 8],
  [22, 9],
  [24, 9],
  [24, 10],
  [28, 10],
  [28, 11],
  [26, 13],
  [26, 14],
  [26, 16],
];

/** Of each version: rows and columns at which alignment patterns have their centres (annex E). */
const ALIGNED: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
  [6, 26, 46, 66],
  [6, 26, 48, 70],
  [6, 26, 50, 74],
  [6, 30, 54, 78],
  [6, 30, 56, 82],
  [6, 30, 58, 86],
  [6, 34, 62, 90],
];

/** Which modules each mask turns over (table 10). */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** The code of `text` in the smallest version that holds it; null where none does. */
export function qrOf(text: string): Modules | null {
  const bytes = new TextEncoder().encode(text);
  for (const [index, [words, blocks]] of CORRECTION.entries()) {
    const grid = new Grid(index + 1);
    const total = Math.floor(grid.free() / 8);
    const data = dataWords(bytes, index + 1, total - words * blocks);
    if (!data) continue;
    grid.fill(interleaved(data, total, words, blocks));
    return grid.masked();
  }
  return null;
}

/** The bytes with their mode, length and padding (7.4); null where they are more than `room`. */
function dataWords(bytes: Uint8Array, version: number, room: number): number[] | null {
  const lengthBits = version < 10 ? 8 : 16;
  const needed = Math.ceil((4 + lengthBits) / 8 + bytes.length);
  if (needed > room) return null;
  const bits = [...bitsOf(0b0100, 4), ...bitsOf(bytes.length, lengthBits)];
  for (const byte of bytes) bits.push(...bitsOf(byte, 8));
  while (bits.length % 8 > 0) bits.push(0);
  const words = Array.from({ length: bits.length / 8 }, (_, at) => numberOf(bits.slice(8 * at, 8 * at + 8)));
  for (let at = 0; words.length < room; at++) words.push(at % 2 === 0 ? 0xec : 0x11);
  return words;
}

function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => (value >> (count - 1 - at)) & 1);
}

function numberOf(bits: readonly number[]): number {
  return bits.reduce((value, bit) => 2 * value + bit, 0);
}

/** The words of all blocks, the first of each, then the second of each, then their correction alike (7.6). */
function interleaved(data: readonly number[], total: number, words: number, blocks: number): number[] {
  const short = Math.floor(total / blocks) - words;
  const longFrom = blocks - (total % blocks);
  const parts = Array.from({ length: blocks }, (_, at) => {
    const start = at * short + Math.max(0, at - longFrom);
    return data.slice(start, start + short + Number(at >= longFrom));
  });
  const correction = parts.map((part) => correctionOf(part, words));
  return [parts, correction].flatMap((rows) => columnsOf(rows));
}

function columnsOf(rows: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...rows.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => rows.flatMap((row) => row.slice(at, at + 1))).flat();
}

/** The powers of 2 in the field of 256 elements, by x^8 + x^4 + x^3 + x^2 + 1 (7.5.2). */
const POWERS = [1];
while (POWERS.length < 255) {
  const next = 2 * (POWERS.at(-1) ?? 0);
  POWERS.push(next > 255 ? next ^ 0x11d : next);
}
const LOGARITHMS = new Map(POWERS.map((power, exponent) => [power, exponent]));

function product(one: number, other: number): number {
  const [a, b] = [LOGARITHMS.get(one), LOGARITHMS.get(other)];
  return a === undefined || b === undefined ? 0 : (POWERS[(a + b) % 255] ?? 0);
}

/** The remainder of `data`, as a polynomial, by the one whose zeros are the first `words` powers of 2. */
function correctionOf(data: readonly number[], words: number): number[] {
  const divisor = generator(words);
  let rest = Array.from({ length: words }, () => 0);
  for (const word of data) {
    const factor = word ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((each, at) => each ^ product(divisor[at] ?? 0, factor));
  }
  return rest;
}

/** Its factors from the highest power down, without the leading 1. */
function generator(words: number): number[] {
  let factors = [1];
  for (const zero of POWERS.slice(0, words)) {
    factors = [...factors, 0].map((each, at) => each ^ product(factors[at - 1] ?? 0, zero));
  }
  return factors.slice(1);
}

/** The remainder of `value` times x^`bits` by `divisor`, over the field of two elements. */
function remainder(value: number, bits: number, divisor: number): number {
  let rest = value << bits;
  for (let at = 31; at >= bits; at--) if ((rest >>> at) & 1) rest ^= divisor << (at - bits);
  return rest;
}

class Grid {
  readonly #size: number;
  readonly #dark: boolean[][];
  /** Modules that are no data. */
  readonly #fixed: boolean[][];

  constructor(version: number) {
    this.#size = 17 + 4 * version;
    this.#dark = this.#blank();
    this.#fixed = this.#blank();
    this.#drawTiming();
    for (const [row, column] of [
      [3, 3],
      [3, this.#size - 4],
      [this.#size - 4, 3],
    ] as const)
      this.#drawRings(row, column, 4, [2, 4]);
    this.#drawAligned(ALIGNED[version - 1] ?? []);
    if (version >= 7) this.#drawVersion(version);
    this.#drawFormat(this.#dark, 0);
  }

  /** How many modules are left for data. */
  free(): number {
    return this.#fixed.flat().filter((fixed) => !fixed).length;
  }

  /** Puts the words into the free modules, in columns of two from the right, up and down in turns (7.7.3). */
  fill(words: readonly number[]): void {
    const bits = words.flatMap((word) => bitsOf(word, 8));
    let at = 0;
    for (let right = this.#size - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
      for (let step = 0; step < this.#size; step++) {
        const row = up ? this.#size - 1 - step : step;
        for (const column of [right, right - 1]) {
          if (this.#fixed[row]?.[column]) continue;
          this.#put(row, column, bits[at++] === 1);
        }
      }
    }
  }

  /** The code under the mask that leaves the fewest patterns which a reader may take for others (7.8.3). */
  masked(): Modules {
    const all = MASKS.map((_, mask) => this.#under(mask));
    return all.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
  }

  #under(mask: number): boolean[][] {
    const turns = MASKS[mask];
    const dark = this.#dark.map((cells, row) =>
      cells.map((cell, column) => cell !== (!this.#fixed[row]?.[column] && turns?.(row, column) === true)),
    );
    this.#drawFormat(dark, mask);
    return dark;
  }

  #blank(): boolean[][] {
    return Array.from({ length: this.#size }, () => Array.from({ length: this.#size }, () => false));
  }

  #put(row: number, column: number, dark: boolean): void {
    const cells = this.#dark[row];
    if (cells) cells[column] = dark;
  }

  #fix(row: number, column: number, dark: boolean): void {
    const cells = this.#fixed[row];
    if (!cells || column < 0 || column >= this.#size) return;
    cells[column] = true;
    this.#put(row, column, dark);
  }

  #drawTiming(): void {
    for (let at = 0; at < this.#size; at++) {
      this.#fix(6, at, at % 2 === 0);
      this.#fix(at, 6, at % 2 === 0);
    }
  }

  /** Squares around a centre, out to `radius`; those in `light` are light. */
  #drawRings(row: number, column: number, radius: number, light: readonly number[]): void {
    for (let i = -radius; i <= radius; i++) {
      for (let j = -radius; j <= radius; j++) {
        this.#fix(row + i, column + j, !light.includes(Math.max(Math.abs(i), Math.abs(j))));
      }
    }
  }

  #drawAligned(places: readonly number[]): void {
    const last = this.#size - 7;
    const corners = [
      [6, 6],
      [6, last],
      [last, 6],
    ];
    for (const row of places) {
      for (const column of places) {
        if (!corners.some(([i, j]) => i === row && j === column)) this.#drawRings(row, column, 2, [1]);
      }
    }
  }

  /** The version twice, beside two of the corners (7.10). */
  #drawVersion(version: number): void {
    const told = (version << 12) | remainder(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit++) {
      const [far, near] = [this.#size - 11 + (bit % 3), Math.floor(bit / 3)];
      this.#fix(near, far, ((told >> bit) & 1) === 1);
      this.#fix(far, near, ((told >> bit) & 1) === 1);
    }
  }

  /** Level M and the mask, twice (7.9). */
  #drawFormat(dark: boolean[][], mask: number): void {
    const told = ((mask << 10) | remainder(mask, 10, 0x537)) ^ 0x5412;
    const put = (row: number, column: number, on: boolean) => {
      this.#fix(row, column, this.#dark[row]?.[column] ?? false);
      const cells = dark[row];
      if (cells) cells[column] = on;
    };
    for (let bit = 0; bit < 15; bit++) {
      const on = ((told >> bit) & 1) === 1;
      // The timing pattern, at 6, is passed over.
      const along = bit < 6 ? bit : bit < 8 ? bit + 1 : bit < 9 ? 7 : 14 - bit;
      if (bit < 8) put(along, 8, on);
      else put(8, along, on);
      if (bit < 8) put(8, this.#size - 1 - bit, on);
      else put(this.#size - 15 + bit, 8, on);
    }
    put(this.#size - 8, 8, true);
  }
}

/** How easily a reader may be misled (table 11). */
export function penalty(modules: Modules): number {
  const lines = [...modules, ...(modules[0] ?? []).map((_, column) => modules.map((row) => row[column] ?? false))];
  return lines.reduce((sum, line) => sum + runs(line) + finders(line), 0) + blocks(modules) + balance(modules);
}

/** Five or more of one colour in a line. */
function runs(line: readonly boolean[]): number {
  const text = line.map(Number).join("");
  return (text.match(/0{5,}|1{5,}/g) ?? []).reduce((sum, { length }) => sum + length - 2, 0);
}

/** What looks like a finder pattern with the light before or behind it. */
function finders(line: readonly boolean[]): number {
  const text = line.map(Number).join("");
  return 40 * [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
}

/** Squares of two by two in one colour. */
function blocks(modules: Modules): number {
  let found = 0;
  for (const [i, row] of modules.slice(1).entries()) {
    const above = modules[i] ?? [];
    for (let j = 1; j < row.length; j++) {
      if (row[j] === row[j - 1] && row[j] === above[j] && row[j] === above[j - 1]) found += 1;
    }
  }
  return 3 * found;
}

/** Each 5 % by which the dark are more or less than half. */
function balance(modules: Modules): number {
  const cells = modules.flat();
  const share = cells.filter(Boolean).length / cells.length;
  return 10 * Math.floor(Math.abs(share - 0.5) / 0.05);
}
