import type { ReadingContext, ReadingFile } from "../CsvReader.ts";
import type { CardLayout, DatasetCard } from "../DatasetCard.ts";
import type { CsvFeed, FeedSourceFile } from "../feed/FeedFile.ts";
import { SensorTable } from "../SensorTable.ts";
import type { StoreCard, StoreChannel } from "../store/StoreCard.ts";
import type { SourceAccount } from "./FeedSource.ts";

/** A channel that a source has, and the column or key that it stands in. */
export interface FeedColumn {
  readonly channel: StoreChannel;
  readonly column: string;
}

/** The channels that a source has: those of its `columns`, or all of the feed by their names. */
export const feedColumns = (card: StoreCard, source: FeedSourceFile): FeedColumn[] =>
  card.channels.flatMap((channel) => {
    const column = source.columns === undefined ? channel.name : source.columns[channel.name];
    return column === undefined ? [] : [{ channel, column }];
  });

/** What the reader of a CSV file needs to know, as a card would tell it. */
export const csvContext = (card: StoreCard, source: CsvFeed, account: SourceAccount): ReadingContext => {
  const wide = source.layout === "wide";
  const columns = feedColumns(card, source);
  const layout: CardLayout = {
    kind: wide ? "wide" : "long",
    time: { ...source.time },
    channels: columns.map(({ channel, column }) => ({ name: channel.name, unit: channel.unit, column })),
    ...(source.delimiter === undefined ? {} : { delimiter: source.delimiter }),
    ...(source.decimal === undefined ? {} : { decimal: source.decimal }),
    ...(source.missing === undefined ? {} : { missing: source.missing }),
    ...(source.ignore === undefined ? {} : { ignore: source.ignore }),
    ...(source.sensor?.column === undefined ? {} : { sensor: source.sensor.column }),
  };
  const dataset: DatasetCard = {
    name: card.name,
    source: source.path,
    title: card.name,
    description: card.name,
    licence: "",
    sources: [],
    zone: card.zone,
    step: `${card.stepMs}ms`,
    stepMs: card.stepMs,
    files: [{ path: source.path }],
    layout,
  };
  return {
    card: dataset,
    channels: columns.map(({ channel }) => channel.name),
    sensors: new SensorTable(),
    problems: account.problems,
    tally: account.tally,
    positionNames: [],
  };
};

/** A file of a source, with the sensor that all its rows are of where the feed says so. */
export const feedFile = (path: string, { sensor }: FeedSourceFile): ReadingFile => ({
  path,
  ...(sensor?.name === undefined ? {} : { sensor: sensor.name }),
});
