import type { ReadingContext, ReadingFile } from "./CsvReader.ts";
import type { CardChannel, DatasetCard } from "./DatasetCard.ts";

/** Names of the sensors of a file that does not name them, as the card gives them. */
export const sensorNames = ({ card, positionNames }: ReadingContext): readonly string[] => {
  const { sensors } = card.layout;
  if (sensors?.list !== undefined) return sensors.list;
  if (sensors?.count !== undefined) {
    const digits = String(sensors.count).length;
    return Array.from(
      { length: sensors.count },
      (_, index) => `${sensors.prefix ?? ""}${String(index + 1).padStart(digits, "0")}`,
    );
  }
  return positionNames;
};

/** The channel that all cells of a wide file belong to. */
export const fileChannel = (card: DatasetCard, file: ReadingFile): CardChannel =>
  card.layout.channels.find((channel) => channel.name === file.channel) ?? card.layout.channels[0]!;
