const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

/** A record longer than this is taken for a quote that never closes. */
const LONGEST_RECORD_BYTES = 1 << 26;

const decoder = new TextDecoder();

/**
 * Splits bytes that arrive in chunks into CSV records (RFC 4180: quotes, doubled quotes, line breaks inside
 * quotes, CRLF or LF, a byte order mark), without making a string of any field.
 *
 * Push a chunk, take records with `next()` until it says false, push the next chunk; after the last one call
 * `end()` and take the rest. An empty line is a record of one empty field.
 *
 * @example
 * const records = new CsvRecords(",");
 * records.push(new TextEncoder().encode('a,"b,c"\n'));
 * records.next(); // => true
 * records.text(1); // => "b,c"
 */
export class CsvRecords {
  readonly delimiter: number;
  /** The working buffer: field `i` of the current record is bytes `starts[i]` (in) to `ends[i]` (out). */
  bytes = new Uint8Array(1 << 16);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 where the field holds doubled quotes, so that its bytes are not yet its text. */
  escaped = new Uint8Array(64);
  fieldCount = 0;
  /** Line on which the current record begins, counted from 1. */
  line = 1;
  /** What is wrong with the quotes of the current record, if anything. */
  fault: "none" | "text after quote" | "unclosed quote" = "none";

  #limit = 0;
  #position = 0;
  /** Bytes of the file before the working buffer. */
  #before = 0;
  #recordStart = 0;
  #nextLine = 1;
  #ended = false;
  #started = false;

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Appends a chunk; bytes of records already taken are forgotten. */
  push(chunk: Uint8Array): void {
    const rest = this.#limit - this.#position;
    const needed = rest + chunk.length + 1;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(this.#position, this.#limit));
      this.bytes = grown;
    } else {
      this.bytes.copyWithin(0, this.#position, this.#limit);
    }
    this.bytes.set(chunk, rest);
    this.#before += this.#position;
    this.#position = 0;
    this.#limit = rest + chunk.length;
    this.bytes[this.#limit] = LINE_FEED;
    if (!this.#started && this.#limit >= 3) this.#skipByteOrderMark();
  }

  /** Bytes of the file up to the end of the last record that was taken. */
  get taken(): number {
    return this.#before + this.#position;
  }

  /** Line on which the next record begins, counted from 1. */
  get nextLine(): number {
    return this.#nextLine;
  }

  /** Goes on further down the file, once all that was pushed is taken: the next chunk begins at this byte and line. */
  goOn(byte: number, line: number): void {
    this.#before = byte - this.#position;
    this.#nextLine = line;
  }

  /** No more bytes will come: an unfinished last line is a record. */
  end(): void {
    this.#ended = true;
    this.bytes[this.#limit] = LINE_FEED;
  }

  #skipByteOrderMark(): void {
    this.#started = true;
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.#position = 3;
  }

  /** Takes the next record; false where more bytes are needed, or none are left. */
  next(): boolean {
    const bytes = this.bytes;
    const limit = this.#limit;
    const delimiter = this.delimiter;
    if (!this.#started && !this.#ended) return false;
    if (this.#position >= limit) return false;
    let { starts, ends, escaped: escapes } = this;
    let p = this.#position;
    let count = 0;
    let lineBreaks = 0;
    this.fault = "none";
    for (;;) {
      if (count === starts.length) {
        this.#growFields();
        ({ starts, ends, escaped: escapes } = this);
      }
      let start = p;
      let end: number;
      let escaped = 0;
      if (bytes[p] === QUOTE && p < limit) {
        start = p + 1;
        let q = start;
        for (;;) {
          while (q < limit && bytes[q] !== QUOTE) {
            if (bytes[q] === LINE_FEED) lineBreaks++;
            q++;
          }
          if (q >= limit && !this.#ended) return this.#wait(p);
          if (q >= limit) {
            this.fault = "unclosed quote";
            break;
          }
          if (bytes[q + 1] !== QUOTE || q + 1 >= limit) break;
          escaped = 1;
          q += 2;
        }
        end = q;
        p = Math.min(q + 1, limit);
        while (bytes[p] !== delimiter && bytes[p] !== LINE_FEED) {
          if (bytes[p] !== CARRIAGE_RETURN) this.fault = "text after quote";
          p++;
        }
      } else {
        let byte = bytes[p];
        while (byte !== delimiter && byte !== LINE_FEED) byte = bytes[++p];
        end = p;
        if (byte === LINE_FEED && end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
      }
      starts[count] = start;
      ends[count] = end;
      escapes[count] = escaped;
      count++;
      if (bytes[p] === delimiter && p < limit) {
        p++;
        continue;
      }
      if (p >= limit && !this.#ended) return this.#wait(p);
      break;
    }
    this.#recordStart = this.#position;
    this.#position = p + 1;
    this.fieldCount = count;
    this.line = this.#nextLine;
    this.#nextLine += lineBreaks + 1;
    return true;
  }

  /** An endless record is cut here, so that one lost quote cannot swallow all memory. */
  #wait(reached: number): boolean {
    if (
      reached - this.#position < LONGEST_RECORD_BYTES &&
      this.#limit - this.#position < LONGEST_RECORD_BYTES
    )
      return false;
    this.#ended = true;
    return this.next();
  }

  #growFields(): void {
    const size = this.starts.length * 2;
    const starts = new Int32Array(size);
    const ends = new Int32Array(size);
    const escaped = new Uint8Array(size);
    starts.set(this.starts);
    ends.set(this.ends);
    escaped.set(this.escaped);
    this.starts = starts;
    this.ends = ends;
    this.escaped = escaped;
  }

  /** The text of a field of the current record. */
  text(field: number): string {
    const text = decoder.decode(this.bytes.subarray(this.starts[field], this.ends[field]));
    return this.escaped[field] === 1 ? text.replaceAll('""', '"') : text;
  }

  /** The texts of all fields of the current record. */
  texts(): string[] {
    return Array.from({ length: this.fieldCount }, (_, field) => this.text(field));
  }

  /** Line and column (both from 1, the column in bytes) at which a field of the current record begins. */
  place(field: number): { line: number; column: number } {
    const at = Math.min(this.starts[field] ?? 0, this.#limit);
    let line = this.line;
    let lineStart = this.#recordStart;
    for (let p = this.#recordStart; p < at; p++) {
      if (this.bytes[p] === LINE_FEED) {
        line++;
        lineStart = p + 1;
      }
    }
    return { line, column: at - lineStart + 1 };
  }
}
