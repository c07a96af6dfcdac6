/**
 * Folder name of an instant, without a character that a file system minds.
 *
 * @example
 * instantFolder(Date.UTC(2026, 2, 1, 6)); // => "2026-03-01T06-00-00Z"
 */
export const instantFolder = (instantMs: number): string =>
  `${new Date(instantMs).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;

const NAME = /^(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2}Z)$/;

/**
 * The instant that a folder name stands for, in ms since 1970; NaN where it stands for none.
 *
 * @example
 * [instantOfFolder("1970-01-01T01-00-00Z"), instantOfFolder("failed")]; // => [3600000, NaN]
 */
export const instantOfFolder = (name: string): number => {
  const parts = NAME.exec(name);
  return parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[2]}:${parts[3]}:${parts[4]}`);
};
