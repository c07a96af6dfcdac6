import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { FileProgress } from "../CsvReader.ts";
import { ReadingBatch, type Readings } from "../ReadingBatch.ts";
import { SensorTable } from "../SensorTable.ts";
import type { FeedBatch, SourceAccount } from "./FeedSource.ts";
import type { TextReader } from "./textReader.ts";

const CHUNK_BYTES = 1 << 20;
/** The beginning of a file by which it is known again. */
const CHECKED_BYTES = 4096;

/** How far a file of lines was read, and by what it is known to be the same file. */
export interface TextMark extends FileProgress {
  readonly checked: number;
  readonly check: number;
}

/** A batch without rows, to carry a mark. */
export const emptyBatch = (): Readings => new ReadingBatch([], new SensorTable()).take();

/** One file of lines that may grow, be replaced or be cut: read on whenever it is asked to. */
export class GrowingFile {
  readonly path: string;
  readonly #account: SourceAccount;
  readonly #begin: (path: string) => TextReader;
  #reader: TextReader;
  #handle: FileHandle | undefined;
  #ino = -1;
  /** Bytes that the reader was given. */
  #offset = 0;
  /** Where another reader had stopped; 0 where none had read it. */
  #resumedAt = 0;
  /** Progress up to which a new reader may begin: not within an hour that occurs twice. */
  #safe: FileProgress = { taken: 0, line: 1, header: 0 };

  constructor(path: string, begin: (path: string) => TextReader, account: SourceAccount) {
    this.path = path;
    this.#begin = begin;
    this.#account = account;
    this.#reader = begin(path);
  }

  /** Goes on from a mark where the file is still the one that it was made of. */
  async resume(mark: TextMark): Promise<void> {
    const handle = await this.#open();
    const { size } = await handle.stat();
    if (size < mark.taken || crc32(await firstBytes(handle, mark.checked)) !== mark.check) {
      this.#account.notes.add(
        `${this.path} is not the file that was read before; it is read from its beginning`,
      );
      return;
    }
    this.#reader.push(await firstBytes(handle, mark.header));
    this.#reader.goOn(mark);
    this.#offset = mark.taken;
    this.#resumedAt = mark.taken;
    this.#safe = mark;
  }

  async #open(): Promise<FileHandle> {
    this.#handle ??= await open(this.path);
    this.#ino = (await this.#handle.stat()).ino;
    return this.#handle;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Nothing came since another reader had all of it. */
  get isUnchanged(): boolean {
    return this.#resumedAt > 0 && this.#offset === this.#resumedAt;
  }

  /** Whether the name stands for another file by now, or the file was cut. */
  async isReplaced(ino: number, size: number): Promise<boolean> {
    if (this.#ino < 0) return false;
    if (this.#handle === undefined) return ino !== this.#ino || size < this.#offset;
    return ino !== this.#ino || (await this.#handle.stat()).size < this.#offset;
  }

  /** Begins anew: another file stands under the name. */
  async restart(): Promise<void> {
    await this.close();
    this.#account.notes.add(
      `${this.path} was replaced while it was followed; the new one is read from its beginning`,
    );
    this.#reader = this.#begin(this.path);
    this.#offset = 0;
    this.#ino = -1;
    this.#safe = { taken: 0, line: 1, header: 0 };
  }

  /**
   * Reads what the file has by now, and no more: of one that grows without a pause it would never come to an end. The
   * last batch, which may be without rows, carries the mark.
   *
   * @param complete nothing will be added: an unfinished last line is one, too
   */
  async *readOn(complete: boolean): AsyncGenerator<FeedBatch> {
    const handle = await this.#open();
    const { size } = await handle.stat();
    const buffer = new Uint8Array(CHUNK_BYTES);
    const before = this.#safe.taken;
    while (this.#offset < size) {
      const wanted = Math.min(CHUNK_BYTES, size - this.#offset);
      const { bytesRead } = await handle.read(buffer, 0, wanted, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      const odd = this.#oddTimes();
      const full = this.#reader.push(buffer.subarray(0, bytesRead));
      const batches = [...full, ...this.#reader.rest()];
      if (this.#oddTimes() === odd) this.#safe = this.#reader.progress;
      for (const [index, readings] of batches.entries()) {
        const last = index === batches.length - 1;
        yield { readings, ...(last ? { mark: await this.#mark(handle) } : {}) };
      }
    }
    if (complete) for (const readings of this.#reader.end()) yield { readings };
    if (this.#safe.taken > before) yield { readings: emptyBatch(), mark: await this.#mark(handle) };
  }

  /** Rows at local times that occur twice: which of the two is meant depends on the rows before. */
  #oddTimes(): number {
    return this.#account.tally.ambiguousLocal + this.#account.tally.repeatedLocal;
  }

  async #mark(handle: FileHandle) {
    const checked = Math.min(this.#safe.taken, CHECKED_BYTES);
    const mark: TextMark = { ...this.#safe, checked, check: crc32(await firstBytes(handle, checked)) };
    return { source: this.path, position: JSON.stringify(mark) };
  }
}

const firstBytes = async (handle: FileHandle, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, 0);
  return bytes.subarray(0, bytesRead);
};
