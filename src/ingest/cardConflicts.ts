import type { CardBody, CardTime } from "./DatasetCard.ts";
import type { YamlConflict } from "./decodeYaml.ts";
import { isZone } from "./isZone.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import { parseDuration } from "./parseDuration.ts";
import { unitProblem } from "./unitProblem.ts";
import { compileWallTimeFormat } from "./WallTime.ts";

type Report = (path: readonly PropertyKey[], message: string) => void;

/** What is wrong with a card whose single values are all of the right form. */
export const cardConflicts = (card: CardBody): YamlConflict[] => {
  const conflicts: YamlConflict[] = [];
  const report: Report = (path, message) => conflicts.push({ path, message });
  if (parseDuration(card.step) === undefined) {
    report(["step"], `\`step\`: "${card.step}" is no duration; write one such as 5min, 1h or 1h30min.`);
  }
  if (!isZone(card.zone)) {
    report(["zone"], `\`zone\`: "${card.zone}" is no IANA time zone; write one such as Europe/Berlin.`);
  }
  checkChannels(card, report);
  checkFiles(card, report);
  checkTime(card, report);
  checkSensors(card, report);
  return conflicts;
};

const checkChannels = (card: CardBody, report: Report): void => {
  const { channels, kind } = card.layout;
  if (channels.length === 0)
    report(["layout", "channels"], "`layout.channels` is empty; name what is measured.");
  const names = new Set<string>();
  for (const [index, channel] of channels.entries()) {
    const path = ["layout", "channels", index];
    if (names.has(channel.name)) report([...path, "name"], `Channel \`${channel.name}\` is named twice.`);
    names.add(channel.name);
    const problem = unitProblem(channel.unit);
    if (problem !== undefined) report([...path, "unit"], `\`unit\` of ${channel.name}: ${problem}`);
    if (channel.kind === "compass" && channel.unit !== "deg") {
      report([...path, "unit"], `${channel.name} is read from compass points: its unit is \`deg\`.`);
    }
  }
  const perFile = card.files.some((file) => file.channel !== undefined);
  if (kind !== "long" && channels.length > 1 && !perFile) {
    report(["layout", "channels"], `A ${kind} file has one channel; give each file its \`channel\`.`);
  }
};

const checkFiles = (card: CardBody, report: Report): void => {
  const channels = card.layout.channels.map((channel) => channel.name);
  const readings = card.files.filter((file) => (file.role ?? "readings") === "readings");
  if (readings.length === 0) report(["files"], "`files` has no file of role readings.");
  for (const [index, file] of card.files.entries()) {
    if (/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(file.path)) {
      report(
        ["files", index, "path"],
        `"${file.path}" leaves the folder of the data set; give a path inside it.`,
      );
    }
    if (file.channel !== undefined && !channels.includes(file.channel)) {
      const nearest = nearestName(file.channel, channels);
      report(
        ["files", index, "channel"],
        `\`${file.channel}\` is none of the channels ${channels.join(", ")}${
          nearest === undefined ? "." : `; did you mean \`${nearest}\`?`
        }`,
      );
    }
    const needsSensor = card.layout.kind === "long" && card.layout.sensor === undefined;
    if (needsSensor && readings.includes(file) && file.sensor === undefined) {
      report(
        ["files", index],
        "No sensor for the rows of this file; give the file a `sensor`, or name the column in `layout.sensor`.",
      );
    }
  }
};

const TIME_KINDS = ["column", "parts", "start", "days"] as const satisfies readonly (keyof CardTime)[];

const checkTime = (card: CardBody, report: Report): void => {
  const { time, kind } = card.layout;
  const path = ["layout", "time"];
  const given = TIME_KINDS.filter((key) => time[key] !== undefined);
  if (kind === "hdf5") {
    if (given.length > 0) {
      report([...path, given[0]!], `An hdf5 file holds its own times; remove \`${given.join("`, `")}\`.`);
    }
    return;
  }
  if (given.length !== 1) {
    report(
      path,
      `\`layout.time\` needs exactly one of column, parts, start and days; it has ${
        given.length === 0 ? "none" : given.join(" and ")
      }.`,
    );
  }
  if (kind === "long" && (time.start !== undefined || time.days !== undefined)) {
    report(path, "A long file needs a time in every row; give `column` or `parts`.");
  }
  if (kind === "sensor-rows" && (time.column !== undefined || time.parts !== undefined)) {
    report(path, "A file with one sensor a row has no time column; give `start` or `days`.");
  }
  const { format, days } = time;
  if (format !== undefined && !["iso", "epoch-s", "epoch-ms"].includes(format)) {
    if (compileWallTimeFormat(format) === undefined) {
      report(
        [...path, "format"],
        `"${format}" is no time format; write iso, epoch-s, epoch-ms or a form of YYYY MM DD HH mm ss.`,
      );
    }
  }
  if (days !== undefined && days.list === undefined && (days.from === undefined || days.to === undefined)) {
    report([...path, "days"], "`days` needs `from` and `to`, or a `list` of dates.");
  }
};

const checkSensors = (card: CardBody, report: Report): void => {
  const { sensors, kind, header } = card.layout;
  const positionsFile = card.files.some((file) => file.role === "positions");
  if ((kind === "sensor-rows" || (kind === "wide" && header === false)) && sensors === undefined) {
    report(
      ["layout"],
      "No header names the sensors; give `layout.sensors` (a list, prefix and count, or from: positions).",
    );
  }
  if (sensors !== undefined) {
    const ways = [sensors.list, sensors.count, sensors.from].filter((way) => way !== undefined).length;
    if (ways !== 1) {
      report(
        ["layout", "sensors"],
        "`layout.sensors` needs exactly one of list, count (with prefix) and from.",
      );
    }
    if (sensors.from === "positions" && !positionsFile) {
      report(["layout", "sensors", "from"], "`from: positions` needs a file of role positions.");
    }
  }
  const { positions } = card;
  if (positionsFile && (positions?.sensor === undefined || positions.latitude === undefined)) {
    report(
      positions === undefined ? ["files"] : ["positions"],
      "The positions file needs `positions.sensor`, `positions.latitude` and `positions.longitude` (its columns).",
    );
  }
};
