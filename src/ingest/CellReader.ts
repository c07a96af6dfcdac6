import { compassDegrees } from "./compassDegrees.ts";
import type { CsvRecords } from "./CsvRecords.ts";
import type { CardChannel, CardLayout, MissingCode } from "./DatasetCard.ts";
import { parseNumber } from "./parseNumber.ts";
import { SensorTable } from "./SensorTable.ts";

/** Texts remembered before the table is begun anew, so that a file of noise cannot fill the memory. */
const REMEMBERED_TEXTS = 4096;

/** Reads the cells of one channel: numbers, compass points and missing codes. */
export class CellReader {
  readonly channel: CardChannel;
  /** Set by `read`: the cell is neither a value nor a missing code. */
  faulty = false;
  readonly #decimalPoint: number;
  readonly #missingNumbers: Float64Array;
  readonly #missingTexts: ReadonlySet<string>;
  #texts = new SensorTable();
  /** Meaning by index in `#texts`: a value, NaN for missing, undefined for faulty. */
  #meanings: (number | undefined)[] = [];

  constructor(channel: CardChannel, layout: CardLayout) {
    this.channel = channel;
    this.#decimalPoint = (layout.decimal ?? ".").charCodeAt(0);
    const codes: readonly MissingCode[] = channel.missing ?? layout.missing ?? [""];
    this.#missingNumbers = Float64Array.from(codes.filter((code) => typeof code === "number"));
    this.#missingTexts = new Set(codes.filter((code) => typeof code === "string"));
  }

  /** The value of a field of the current record; NaN where it is missing, or `faulty`. */
  read(records: CsvRecords, field: number): number {
    this.faulty = false;
    const { bytes } = records;
    const start = records.starts[field]!;
    const end = records.ends[field]!;
    const value = parseNumber(bytes, start, end, this.#decimalPoint);
    // oxlint-disable-next-line no-self-compare -- NaN is the only value that differs from itself
    if (value === value && this.channel.kind !== "compass") {
      for (let i = 0; i < this.#missingNumbers.length; i++) {
        if (this.#missingNumbers[i] === value) return NaN;
      }
      return value;
    }
    if (this.#texts.names.length >= REMEMBERED_TEXTS) {
      this.#texts = new SensorTable();
      this.#meanings = [];
    }
    const index = this.#texts.indexOfBytes(bytes, start, end);
    if (index === this.#meanings.length) this.#meanings.push(this.#meaning(this.#texts.names[index]!.trim()));
    const meaning = this.#meanings[index];
    this.faulty = meaning === undefined;
    return meaning ?? NaN;
  }

  #meaning(text: string): number | undefined {
    if (this.#missingTexts.has(text)) return NaN;
    if (this.channel.kind !== "compass") return undefined;
    return compassDegrees(text);
  }

  /** What to say of a faulty cell. */
  complaint(text: string): string {
    const expected = this.channel.kind === "compass" ? "a compass point such as NNE" : "a number";
    const code = text.trim();
    const shown = code === "" ? "an empty field" : `"${abbreviate(code)}"`;
    return (
      `found ${shown} where ${expected} (${this.channel.name}, ${this.channel.unit}) belongs; ` +
      `mend the value, or add ${JSON.stringify(abbreviate(code))} to \`missing\` in the card if it means none.`
    );
  }
}

/** A text short enough for a message. */
export const abbreviate = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
