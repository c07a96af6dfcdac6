import { nearestName } from "../../stl/language/nearestName.ts";
import { parseUnit, unitsAgree } from "../../stl/language/Unit.ts";

/** One value that every row carries. */
export interface ValueColumn {
  readonly column: number;
  /** Index into `TraceLayout.signals`; -1 where the row names the signal. */
  readonly signal: number;
  /** Index into `TraceLayout.sensors`; -1 where the row names the sensor. */
  readonly sensor: number;
}

/** Which column of a trace holds what. */
export interface TraceLayout {
  readonly kind: "wide" | "long" | "tall";
  /** Column of the stamp; undefined where rows are samples. */
  readonly time: number | undefined;
  readonly sensor: number | undefined;
  readonly signal: number | undefined;
  readonly values: readonly ValueColumn[];
  /** The signals of the value columns, with the unit that the header states. */
  readonly signals: readonly { readonly name: string; readonly unit?: string }[];
  /** Sensors that the header names; empty where the rows name them. */
  readonly sensors: readonly string[];
  readonly unread: readonly string[];
  /** What was detected, in words. */
  readonly description: string;
}

export interface LayoutNames {
  /** Signals that rules may read. */
  readonly signals: readonly string[];
  /** Their declared units, where there are any: what stands in brackets after a signal may be one of the kind. */
  readonly units?: ReadonlyMap<string, string>;
  /** Sensors that are known beforehand; may be empty. */
  readonly sensors: readonly string[];
  /** Name for the one sensor of a trace that names none. */
  readonly onlySensor: string;
  /** The time column, where its name is no common one. */
  readonly timeColumn?: string;
}

const timeNames = new Set(
  "time timestamp date datetime date_time date-time instant ts t valid_at issued_at".split(" "),
);
const sensorNames = new Set(
  "sensor station detector sensor_id station_id detector_id sensorid id site location place street".split(
    " ",
  ),
);
const signalNames = new Set("signal channel variable parameter quantity metric pollutant".split(" "));
const valueNames = new Set("value reading measurement".split(" "));

const bracketed = /^(.+?)\s*(?:\(([^()]+)\)|\[([^[\]]+)\])$/;

interface Read {
  readonly signal: string;
  readonly sensor?: string;
  readonly unit?: string;
}

/** Whether a text after a signal is a unit; one such as `m` only if it is of the declared kind. */
const isUnitOf = (signal: string, text: string, names: LayoutNames): boolean => {
  const unit = parseUnit(text);
  if (typeof unit === "string") return false;
  if (/[/^*%]/.test(text)) return true;
  const declared = parseUnit(names.units?.get(signal) ?? text);
  return typeof declared === "string" || unitsAgree(unit, declared);
};

/** What a header cell says: a signal, of a sensor or in a unit. */
const readName = (name: string, columns: readonly string[], names: LayoutNames): Read | undefined => {
  const known = new Set(names.signals);
  if (known.has(name)) return { signal: name };
  const match = bracketed.exec(name);
  if (match !== null) {
    const [, head = "", round, square] = match;
    const inner = (round ?? square ?? "").trim();
    const outer = readName(head.trim(), columns, names);
    if (outer !== undefined && outer.unit === undefined) {
      const unit =
        square === undefined ? typeof parseUnit(inner) !== "string" : isUnitOf(outer.signal, inner, names);
      // Several columns of one signal that differ in the brackets are of several sensors, even of one called m.
      const several = columns.filter((other) => other.startsWith(`${head}[`)).length > 1;
      const sensor = names.sensors.includes(inner) || several || !unit;
      if (square !== undefined && outer.sensor === undefined && sensor) return { ...outer, sensor: inner };
      if (unit) return { ...outer, unit: inner };
    }
  }
  for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const [left, right] = [name.slice(0, dot), name.slice(dot + 1)];
    if (known.has(right)) return { signal: right, sensor: left };
    if (known.has(left)) return { signal: left, sensor: right };
  }
  return undefined;
};

/** A layout, or what is wrong with the header and what to do about it. */
export type DetectedLayout = { readonly layout: TraceLayout } | { readonly fault: string };

/**
 * Finds out from the names of the columns what each holds.
 *
 * @example
 * const names = { signals: ["speed"], sensors: [], onlySensor: "" };
 * const found = detectLayout(["time", "speed[a]", "speed[b]"], names);
 * "layout" in found && found.layout.description; // => "wide: 2 columns of 2 sensors, one signal; stamps in time"
 */
export const detectLayout = (columns: readonly string[], names: LayoutNames): DetectedLayout => {
  const repeated = columns.find((name, column) => columns.indexOf(name) !== column);
  if (repeated !== undefined) return { fault: `the column ${shown(repeated)} stands here twice; rename one` };
  const lower = columns.map((name) => name.toLowerCase());
  const among = (set: ReadonlySet<string>): number =>
    lower.findIndex((name, column) => set.has(name) && !names.signals.includes(columns[column]!));
  const time =
    names.timeColumn === undefined ? timeColumns(lower, names, columns) : columns.indexOf(names.timeColumn);
  if (typeof time === "string") return { fault: time };
  if (names.timeColumn !== undefined && time < 0) return { fault: absent(names.timeColumn, columns) };
  if (time < 0 && columns[0] === "") {
    return { fault: "the first column has no name; call it time if it holds the stamps, else remove it" };
  }
  const sensor = among(sensorNames);
  const signal = sensor < 0 ? -1 : among(signalNames);
  const value = signal < 0 ? -1 : among(valueNames);
  const base = {
    time: time < 0 ? undefined : time,
    sensor: sensor < 0 ? undefined : sensor,
    signal: signal < 0 || value < 0 ? undefined : signal,
  };
  const stamps = time < 0 ? "no time column, a row is a sample" : `stamps in ${columns[time]}`;
  const isTaken = (column: number): boolean => column === time || column === sensor;
  if (sensor >= 0 && time < 0) {
    return {
      fault: `rows name their sensor in ${shown(columns[sensor]!)}, but no column is the time; add a column time, or name it with --time COLUMN`,
    };
  }
  if (signal >= 0 && value >= 0) {
    const unread = columns.filter((_, column) => !isTaken(column) && column !== signal && column !== value);
    return {
      layout: {
        ...base,
        kind: "tall",
        values: [{ column: value, signal: -1, sensor: -1 }],
        signals: names.signals.map((name) => ({ name })),
        sensors: [],
        unread,
        description: `long: sensor in ${columns[sensor]}, signal in ${columns[signal]}, value in ${columns[value]}; ${stamps}`,
      },
    };
  }
  return sensor >= 0
    ? longLayout(columns, names, base, stamps, isTaken)
    : wideLayout(columns, names, base, stamps, isTaken);
};

type Base = Pick<TraceLayout, "time" | "sensor" | "signal">;

const longLayout = (
  columns: readonly string[],
  names: LayoutNames,
  base: Base,
  stamps: string,
  isTaken: (column: number) => boolean,
): DetectedLayout => {
  const signals: { name: string; unit?: string }[] = [];
  const values: ValueColumn[] = [];
  const unread: string[] = [];
  columns.forEach((name, column) => {
    if (isTaken(column)) return;
    const read = readName(name, columns, names);
    if (
      read === undefined ||
      read.sensor !== undefined ||
      signals.some(({ name: known }) => known === read.signal)
    ) {
      unread.push(name);
      return;
    }
    values.push({ column, signal: signals.length, sensor: -1 });
    signals.push(read.unit === undefined ? { name: read.signal } : { name: read.signal, unit: read.unit });
  });
  if (values.length === 0) return { fault: noSignal(names, unread) };
  const list = signals.map(({ name }) => name).join(", ");
  const description = `long: sensor in ${columns[base.sensor!]}, ${list}; ${stamps}`;
  return { layout: { ...base, kind: "long", values, signals, sensors: [], unread, description } };
};

const wideLayout = (
  columns: readonly string[],
  names: LayoutNames,
  base: Base,
  stamps: string,
  isTaken: (column: number) => boolean,
): DetectedLayout => {
  const free = columns.flatMap((name, column) => (isTaken(column) ? [] : [{ name, column }]));
  const reads = free.map(({ column, name }) => ({ name, column, read: readName(name, columns, names) }));
  const [only, ...others] = names.signals;
  const known = new Set(names.sensors);
  // A single column of another name is rather a slip than a sensor, unless it is known as one.
  const mayBeSensors = free.length > 1 || free.some(({ name }) => known.has(name));
  const bySensor =
    only !== undefined &&
    others.length === 0 &&
    mayBeSensors &&
    reads.every(({ read }) => read === undefined) &&
    free.every(({ name }) => nearestName(name, [only]) === undefined || known.has(name));
  const taken = bySensor
    ? free
        .filter(({ name }) => name !== "" && (known.size === 0 || known.has(name)))
        .map(({ column, name }) => ({ column, name, read: { signal: only, sensor: name } as Read }))
    : reads.flatMap(({ column, name, read }) => (read === undefined ? [] : [{ column, name, read }]));
  if (taken.length === 0)
    return {
      fault: noSignal(
        names,
        free.map(({ name }) => name),
      ),
    };
  const named = taken.some(({ read }) => read.sensor !== undefined);
  const plain = taken.find(({ read }) => read.sensor === undefined);
  if (named && plain !== undefined) {
    return {
      fault: `the column ${shown(plain.name)} names no sensor, others do; write ${plain.read.signal}[SENSOR]`,
    };
  }
  const signals: { name: string; unit?: string }[] = [];
  const sensors: string[] = [];
  const values: ValueColumn[] = [];
  for (const { column, name, read } of taken) {
    const sensorName = read.sensor ?? names.onlySensor;
    if (!sensors.includes(sensorName)) sensors.push(sensorName);
    let signal = signals.findIndex((known) => known.name === read.signal);
    if (signal < 0) {
      signal = signals.length;
      signals.push(read.unit === undefined ? { name: read.signal } : { name: read.signal, unit: read.unit });
    } else if (signals[signal]!.unit !== read.unit) {
      return { fault: `the columns of ${read.signal} differ in their unit (${shown(name)}); give them one` };
    }
    const sensor = sensors.indexOf(sensorName);
    if (values.some((known) => known.signal === signal && known.sensor === sensor)) {
      return { fault: `${shown(name)} is a second column of ${read.signal}; rename one` };
    }
    values.push({ column, signal, sensor });
  }
  const columnsRead = new Set(values.map(({ column }) => column));
  const unread = free.filter(({ column }) => !columnsRead.has(column)).map(({ name }) => name);
  const many = (count: number, what: string): string => (count === 1 ? `one ${what}` : `${count} ${what}s`);
  const what = bySensor
    ? `a column a sensor, ${many(sensors.length, "sensor")} of ${only}`
    : named
      ? `${many(values.length, "column")} of ${many(sensors.length, "sensor")}, ${many(signals.length, "signal")}`
      : `one sensor, ${signals.map(({ name }) => name).join(", ")}`;
  const description = `wide: ${what}; ${stamps}`;
  return { layout: { ...base, kind: "wide", values, signals, sensors, unread, description } };
};

const shown = (name: string): string => (name === "" ? "without a name" : `"${name}"`);

const timeColumns = (
  lower: readonly string[],
  names: LayoutNames,
  columns: readonly string[],
): number | string => {
  const found = lower.flatMap((name, column) =>
    timeNames.has(name) && !names.signals.includes(columns[column]!) ? [column] : [],
  );
  if (found.length > 1) {
    const list = found.map((column) => shown(columns[column]!)).join(" and ");
    return `${list} could each be the time; name it with --time COLUMN, or join them to one column`;
  }
  return found[0] ?? -1;
};

const absent = (wanted: string, columns: readonly string[]): string => {
  const near = nearestName(wanted, columns);
  return `no column "${wanted}", which --time names; ${near === undefined ? `the file has ${list(columns)}` : `did you mean ${near}?`}`;
};

const list = (names: readonly string[]): string =>
  names.slice(0, 12).join(", ") + (names.length > 12 ? `, ... (${names.length} in all)` : "");

const noSignal = (names: LayoutNames, columns: readonly string[]): string => {
  const wanted =
    names.signals.length === 1
      ? `the signal ${names.signals[0]}`
      : `any of the signals ${list(names.signals)}`;
  for (const column of columns) {
    const near = nearestName(column.replace(bracketed, "$1"), names.signals);
    if (near !== undefined) return `no column holds ${wanted}; is "${column}" ${near}? Rename it`;
  }
  return `no column holds ${wanted}; the file has ${columns.length === 0 ? "no other column" : list(columns)}. Name them speed, speed[SENSOR] or SENSOR.speed (speed standing for a signal)`;
};
