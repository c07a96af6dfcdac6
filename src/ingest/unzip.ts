import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** One file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly read: () => Uint8Array;
}

/**
 * Lists the files of a zip archive held in memory (stored or deflated, no encryption, below 4 GB).
 *
 * Throws an Error that says what is wrong with the archive.
 */
export const zipEntries = (archive: Uint8Array): ZipEntry[] => {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error("it is no zip archive, or only the beginning of one");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const decoder = new TextDecoder();
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || view.getUint32(at, true) !== DIRECTORY_ENTRY)
      throw new Error("its directory is damaged");
    const method = view.getUint16(at + 10, true);
    const packedBytes = view.getUint32(at + 20, true);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const commentBytes = view.getUint16(at + 32, true);
    const header = view.getUint32(at + 42, true);
    const name = decoder.decode(archive.subarray(at + 46, at + 46 + nameBytes));
    at += 46 + nameBytes + extraBytes + commentBytes;
    if (name.endsWith("/")) continue;
    entries.push({
      name,
      read: () => {
        const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
        const packed = archive.subarray(start, start + packedBytes);
        if (method === STORED) return packed;
        if (method !== DEFLATED)
          throw new Error(`${name} is packed by method ${method}, which is not known here`);
        return inflateRawSync(packed);
      },
    });
  }
  return entries;
};
