import { Flag } from "effect/cli";

/** Flags that several commands have, in the same words. */
export const quietFlag = Flag.Boolean("quiet").pipe(
  Flag.withAlias("q"),
  Flag.withDescription("No progress"),
  Flag.withDefault(false),
);

export const jsonFlag = Flag.Boolean("json").pipe(
  Flag.withDescription("Print the result as JSON on standard output"),
  Flag.withDefault(false),
);

/** Folder for results; what stands below it is said by `below`. */
export const outFlag = (folder: string, below: string) =>
  Flag.String("out").pipe(
    Flag.withAlias("o"),
    Flag.withDescription(`Folder for the results, ${below} below it (default: ${folder})`),
    Flag.withDefault(folder),
  );

/** Where the readings of a model come from. */
export const readingsFlags = {
  data: Flag.String("data").pipe(
    Flag.withDescription("Data card of the readings: a name or a path (default: that of the model)"),
    Flag.optional,
  ),
  feed: Flag.String("feed").pipe(
    Flag.withDescription("Feed file: read its store in place of a data card"),
    Flag.optional,
  ),
};
