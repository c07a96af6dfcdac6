import type { DataStatus } from "./dataStatus.ts";
import type { DatasetCard } from "./DatasetCard.ts";

/** Where the data of a card is, in a word or two. */
const statusWord = (status: DataStatus): string => {
  const found = status.files.filter((file) => file.found !== undefined).length;
  if (status.complete) return "here";
  return found === 0 ? "not here" : `${found} of ${status.files.length} files here`;
};

/**
 * One line a data set: name, whether it is on this machine, step, zone and title, in columns.
 */
export const listLines = (statuses: readonly DataStatus[]): string[] => {
  const rows = statuses.map((status) => {
    const { name, step, zone, title } = status.card;
    return [name, statusWord(status), step, zone, title];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

/** Everything a person wants to know of a data set before using it, in lines. */
export const describeLines = (status: DataStatus): string[] => {
  const { card } = status;
  const lines = [
    `${card.name}: ${card.title}`,
    "",
    ...wrap(card.description, 100),
    "",
    `licence   ${card.licence}`,
    ...(card.citation === undefined ? [] : [`cite      ${card.citation}`]),
    ...card.sources.map((source, index) => `${index === 0 ? "sources " : "        "}  ${source}`),
    `time      every ${card.step}, ${clockWords(card)}`,
    "channels",
    ...card.layout.channels.map((channel) => {
      const column = channel.column === undefined ? "" : `  (column ${channel.column})`;
      return `  ${channel.name} in ${channel.unit}${column}`;
    }),
    "files",
  ];
  for (const { file, found, refused } of status.files) {
    if (found === undefined)
      lines.push(`  ${file.path}: not here`, ...refused.map((reason) => `    ${reason}`));
    else
      lines.push(
        `  ${found.path}: ${found.bytes} bytes, ${found.pinned ? "verified" : `sha256 ${found.sha256}, not pinned`}`,
      );
  }
  if (!status.complete && card.obtain !== undefined)
    lines.push("how to get it", ...wrap(card.obtain, 98).map((line) => `  ${line}`));
  return lines;
};

const clockWords = (card: DatasetCard): string =>
  ({
    utc: `written in UTC; the city's zone is ${card.zone}`,
    local: `wall clock of ${card.zone}`,
    "local-folded": `wall clock of ${card.zone}, 24 rows a day whatever daylight saving does`,
  })[card.layout.time.clock];

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
