import { crc32 } from "node:zlib";

/** "ORDR", little-endian. */
const MAGIC = 0x5244524f;
/** Magic, sequence, length of the payload, its CRC-32, CRC-32 of these four. */
const HEADER_BYTES = 20;

/** One record of a file that only grows. */
export interface Frame {
  /** Number of the journal that it was first written to. */
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** Where it begins, in bytes. */
  readonly offset: number;
}

export interface FrameScan {
  readonly frames: readonly Frame[];
  /** Bytes up to the end of the last whole frame. */
  readonly end: number;
  /** Bytes behind it that a write was cut off in; 0 where the file ends with a whole frame. */
  readonly cutBytes: number;
  /** The first place that is damaged, other than by a write cut off. */
  readonly damage: { readonly offset: number; readonly reason: string } | undefined;
}

/**
 * A payload as a frame: a header with checksums, then the payload.
 *
 * @example
 * const frame = encodeFrame(3, Uint8Array.of(1, 2));
 * scanFrames(frame).frames[0].sequence; // => 3
 * scanFrames(frame.subarray(0, 21)).cutBytes; // => 21
 */
export const encodeFrame = (sequence: number, payload: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, crc32(payload), true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
};

/**
 * The frames of a file, as views of its bytes.
 *
 * A write that was cut off leaves a frame that ends beyond the file, or zeros to the end of it; whatever else does not
 * fit its checksums is damage, for it was whole once.
 */
export const scanFrames = (bytes: Uint8Array): FrameScan => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: Frame[] = [];
  let offset = 0;
  const cut = (): FrameScan => ({
    frames,
    end: offset,
    cutBytes: bytes.length - offset,
    damage: undefined,
  });
  const damaged = (reason: string): FrameScan =>
    bytes.subarray(offset).every((byte) => byte === 0)
      ? cut()
      : { frames, end: offset, cutBytes: 0, damage: { offset, reason } };
  while (offset < bytes.length) {
    if (bytes.length - offset < HEADER_BYTES) {
      // The first bytes of a frame are known: others were never written by a store.
      return startsLikeFrame(bytes, offset) ? cut() : damaged("no record begins here");
    }
    if (view.getUint32(offset, true) !== MAGIC) return damaged("no record begins here");
    if (view.getUint32(offset + 16, true) !== crc32(bytes.subarray(offset, offset + 16))) {
      return damaged("the head of the record does not fit its checksum");
    }
    const length = view.getUint32(offset + 8, true);
    const start = offset + HEADER_BYTES;
    if (start + length > bytes.length) return cut();
    const payload = bytes.subarray(start, start + length);
    if (view.getUint32(offset + 12, true) !== crc32(payload)) {
      return damaged("the record does not fit its checksum");
    }
    frames.push({ sequence: view.getUint32(offset + 4, true), payload, offset });
    offset = start + length;
  }
  return { frames, end: offset, cutBytes: 0, damage: undefined };
};

const MAGIC_BYTES = Uint8Array.of(0x4f, 0x52, 0x44, 0x52);

const startsLikeFrame = (bytes: Uint8Array, offset: number): boolean =>
  MAGIC_BYTES.every((byte, i) => offset + i >= bytes.length || bytes[offset + i] === byte);
