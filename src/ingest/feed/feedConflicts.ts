import { nearestName } from "../../stl/language/nearestName.ts";
import type { YamlConflict } from "../decodeYaml.ts";
import { isZone } from "../isZone.ts";
import { parseDuration } from "../parseDuration.ts";
import { unitProblem } from "../unitProblem.ts";
import { compileWallTimeFormat } from "../WallTime.ts";
import type { FeedBody, FeedSourceFile } from "./FeedFile.ts";

type Report = (path: readonly PropertyKey[], message: string) => void;

/** What is wrong with a feed whose single values are all of the right form. */
export const feedConflicts = (feed: FeedBody): YamlConflict[] => {
  const conflicts: YamlConflict[] = [];
  const report: Report = (path, message) => conflicts.push({ path, message });
  if (!isZone(feed.zone)) {
    report(["zone"], `\`zone\`: "${feed.zone}" is no IANA time zone; write one such as Europe/Berlin.`);
  }
  checkDuration(["step"], feed.step, report);
  checkDuration(["late"], feed.late, report);
  checkDuration(["dead"], feed.dead, report);
  checkDuration(["resample", "tolerance"], feed.resample?.tolerance, report);
  const by = feed.resample?.by;
  if (feed.resample?.tolerance !== undefined && (by === "mean" || by === "sum")) {
    report(
      ["resample", "tolerance"],
      `\`resample.by: ${by}\` takes all readings of a step; remove \`tolerance\`.`,
    );
  }
  const names = new Set<string>();
  for (const [index, { name, possible, unit }] of feed.channels.entries()) {
    const path = ["channels", index];
    if (names.has(name)) report([...path, "name"], `Channel \`${name}\` is named twice.`);
    names.add(name);
    if (name === "sensor" || name === "instant") {
      report([...path, "name"], `A channel cannot be called \`${name}\`; give it another name.`);
    }
    const problem = unitProblem(unit);
    if (problem !== undefined) report([...path, "unit"], `\`unit\` of ${name}: ${problem}`);
    if (possible !== undefined && possible[0] >= possible[1]) {
      report([...path, "possible"], `\`possible\` of ${name}: the first value has to be the smaller one.`);
    }
  }
  for (const [index, source] of feed.sources.entries()) {
    checkSource(["sources", index], source, [...names], report);
  }
  const piped = feed.sources.flatMap((source, index) =>
    source.kind !== "mqtt" && source.path === "-" ? [index] : [],
  );
  for (const index of piped.slice(1)) {
    report(["sources", index, "path"], "Standard input can be read by one source alone; remove one `-`.");
  }
  return conflicts;
};

const checkDuration = (path: readonly PropertyKey[], text: string | undefined, report: Report): void => {
  if (text !== undefined && parseDuration(text) === undefined) {
    report(path, `\`${path.join(".")}\`: "${text}" is no duration; write one such as 5min, 1h or 1h30min.`);
  }
};

const checkSource = (
  path: readonly PropertyKey[],
  source: FeedSourceFile,
  channels: readonly string[],
  report: Report,
): void => {
  const { format } = source.time;
  if (format !== undefined && !["iso", "epoch-s", "epoch-ms"].includes(format)) {
    if (compileWallTimeFormat(format) === undefined) {
      report(
        [...path, "time", "format"],
        `"${format}" is no time format; write iso, epoch-s, epoch-ms or a form of YYYY MM DD HH mm ss.`,
      );
    }
  }
  for (const name of Object.keys(source.columns ?? {})) {
    if (channels.includes(name)) continue;
    const nearest = nearestName(name, channels);
    report(
      [...path, "columns", name],
      `\`${name}\` is none of the channels ${channels.join(", ")}${nearest === undefined ? "." : `; did you mean \`${nearest}\`?`}`,
    );
  }
  const wide = source.kind === "csv" && source.layout === "wide";
  const ways = Object.values(source.sensor ?? {}).length;
  if (wide) {
    if (ways > 0) report([...path, "sensor"], "In a wide file the columns are the sensors; remove `sensor`.");
    if (
      Object.keys(source.columns ?? {}).length > 1 ||
      (source.columns === undefined && channels.length > 1)
    ) {
      report(path, "A wide file has one channel; name it in `columns`, such as `columns: { speed: all }`.");
    }
  } else if (ways !== 1) {
    report(
      source.sensor === undefined ? path : [...path, "sensor"],
      "`sensor` needs exactly one of column, name and topicLevel.",
    );
  }
  if (source.kind === "mqtt") checkMqtt(path, source, report);
  else if (source.sensor?.topicLevel !== undefined) {
    report([...path, "sensor", "topicLevel"], "A file has no topic; give `column` or `name`.");
  }
};

const checkMqtt = (
  path: readonly PropertyKey[],
  source: Extract<FeedSourceFile, { readonly kind: "mqtt" }>,
  report: Report,
): void => {
  if (!/^(mqtts?|wss?|tcp|ssl):\/\/[^/\s]+/.test(source.url)) {
    report(
      [...path, "url"],
      `"${source.url}" is no address of a broker; write one such as mqtt://broker:1883.`,
    );
  }
  if (/:\/\/[^/]*@/.test(source.url)) {
    report(
      [...path, "url"],
      "A password does not belong in the file; name variables in `userFrom`, `passwordFrom`.",
    );
  }
  for (const [index, topic] of source.topics.entries()) {
    const levels = topic.split("/");
    const wrong = levels.some(
      (level, at) =>
        (level.includes("+") && level !== "+") ||
        (level.includes("#") && (level !== "#" || at < levels.length - 1)),
    );
    if (wrong) {
      report(
        [...path, "topics", index],
        `"${topic}" is no topic: \`+\` stands for a whole level, \`#\` for all that follow, at the end.`,
      );
    }
    const level = source.sensor?.topicLevel;
    if (level !== undefined && level > levels.length && levels.at(-1) !== "#") {
      report([...path, "sensor", "topicLevel"], `"${topic}" has no level ${level}.`);
    }
  }
};
