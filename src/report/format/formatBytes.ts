import { formatNumber, NO_BREAK, NOT_JUDGED } from "./formatNumber.ts";

const KIBIBYTE = 1024;

/**
 * A size in bytes, with KiB or MiB beside it from 1024 bytes on.
 *
 * @example
 * formatBytes(18432); // => "18,432\u00a0bytes (18.0\u00a0KiB)"
 */
export const formatBytes = (bytes: number): string => {
  if (!Number.isFinite(bytes)) return NOT_JUDGED;
  const exact = `${formatNumber(bytes)}${NO_BREAK}bytes`;
  if (bytes < KIBIBYTE) return exact;
  return bytes < KIBIBYTE ** 2
    ? `${exact} (${formatNumber(bytes / KIBIBYTE, 1)}${NO_BREAK}KiB)`
    : `${exact} (${formatNumber(bytes / KIBIBYTE ** 2, 1)}${NO_BREAK}MiB)`;
};
