/**
 * Whether a text names a time zone.
 *
 * @example
 * isZone("Europe/Berlin"); // => true
 * isZone("Berlin"); // => false
 */
export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};
