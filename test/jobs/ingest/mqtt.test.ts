import { Effect } from "effect";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeIngest } from "../../../src/jobs/ingest/IngestReport.ts";
import { random as randomFrom } from "../../../src/series/random.ts";
import { temporaryFolder } from "../../ingest/store/readingBatches.ts";
import { hasMosquitto, Mosquitto } from "./mosquitto.ts";
import { type Broker, TestBroker, until } from "./mqttBroker.ts";
import { ingestOnce, readingsIn, whileIngesting } from "./runningFeed.ts";

const START = Date.UTC(2025, 2, 3);
const STEP = 300_000;
const SENSORS = 50;
const FEW_STEPS = 200;
/** So many readings of each sensor through Mosquitto; a million in all with ORDINANCE_MQTT_STEPS=20000. */
const ASKED_STEPS = Number(process.env["ORDINANCE_MQTT_STEPS"] ?? FEW_STEPS);
const PER_MESSAGE = 5;
const MOST_UNDER_WAY = 50;
const PATIENCE_MS = 600_000 + 60 * ASKED_STEPS;

let root: string;
let broker: Broker;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(async () => {
  await broker.remove();
  rmSync(root, { recursive: true, force: true });
});
const begin = async (other: Broker): Promise<void> => {
  broker = other;
  await broker.start();
};

const writeFeed = (more = ""): string => {
  const path = join(root, "feed.yaml");
  writeFileSync(
    path,
    `name: city
zone: Europe/Berlin
step: 5min
channels: [{ name: speed, unit: km/h }]
store: store
sources:
  - kind: mqtt
    url: ${broker.url}
    topics: [city/+/speed]
    clientId: ordinance-test
    sensor: { column: id }
    time: { column: at, clock: utc, format: epoch-ms }
    columns: { speed: v }
${more}`,
  );
  return path;
};

const publish = (client: MqttClient, message: object): Promise<unknown> =>
  client.publishAsync("city/north/speed", JSON.stringify(message), { qos: 1 });

const mosquitto = hasMosquitto();
if (!mosquitto) console.log("skipped: readings from Mosquitto, which is not installed");

describe("readings from an MQTT broker", () => {
  it.each([
    // Few: of tens of thousands that wait, aedes sends two under one number after a cut, and loses one of them.
    ["aedes", () => new TestBroker(), FEW_STEPS],
    ...(mosquitto ? [["Mosquitto", () => new Mosquitto(root), ASKED_STEPS] as const] : []),
  ] as const)(
    "are all there once after duplicates, disorder, two disconnects and a restart of %s",
    async (_, create, STEPS) => {
      await begin(create());
      const random = randomFrom(11);
      const truth = new Float64Array(SENSORS * STEPS);
      const messages: { sensor: number; step: number }[] = [];
      for (let step = 0; step < STEPS; step++) {
        for (let sensor = 0; sensor < SENSORS; sensor++) {
          truth[sensor * STEPS + step] = Math.round(random.uniform() * 1200) / 10;
          messages.push({ sensor, step });
          if (random.uniform() < 0.05) messages.push({ sensor, step });
        }
      }
      // Each moves by up to so many places: some arrive after later ones.
      for (let at = 0; at < messages.length; at++) {
        const other = Math.min(messages.length - 1, at + Math.floor(random.uniform() * 300));
        [messages[at], messages[other]] = [messages[other]!, messages[at]!];
      }
      const report = await whileIngesting(writeFeed(), async (store) => {
        await until(() => broker.isSubscribed("ordinance-test"), "the first connection");
        const client = await broker.publisher();
        // A publisher has 65,535 numbers for what is under way: it waits for its acknowledgements.
        const send = async (from: number, to: number): Promise<void> => {
          let underWay: Promise<unknown>[] = [];
          for (let at = from; at < to; at += PER_MESSAGE) {
            const readings = messages.slice(at, Math.min(to, at + PER_MESSAGE)).map(({ sensor, step }) => ({
              id: `D${sensor}`,
              at: START + step * STEP,
              v: truth[sensor * STEPS + step],
            }));
            underWay.push(publish(client, readings));
            if (underWay.length < MOST_UNDER_WAY && at + PER_MESSAGE < to) continue;
            await Promise.all(underWay);
            underWay = [];
          }
        };
        const part = Math.floor(messages.length / 4);
        const first = send(0, part);
        await until(async () => (await readingsIn(store)) > part / 3, "a part of the readings");
        await broker.disconnect("ordinance-test");
        await first;
        await until(() => broker.isSubscribed("ordinance-test"), "the second connection");
        const second = send(part, 2 * part);
        await until(async () => (await readingsIn(store)) > 1.3 * part, "half of the readings");
        await broker.disconnect("ordinance-test");
        await second;
        await until(() => broker.isSubscribed("ordinance-test"), "the third connection");
        await send(2 * part, 3 * part);
        await until(() => broker.isSubscribed("ordinance-test"), "the connection that the restart breaks");
        await broker.stop();
        await broker.start();
        await until(() => client.connected, "the publisher");
        await send(3 * part, messages.length);
        await until(async () => (await readingsIn(store)) === SENSORS * STEPS, "all readings", PATIENCE_MS);
        const { panel } = await Effect.runPromise(
          store.panel({
            fromMs: START,
            toMs: START + STEPS * STEP,
            sensors: Array.from({ length: SENSORS }, (_, sensor) => `D${sensor}`),
          }),
        );
        expect(Buffer.from(panel.values.buffer).equals(Buffer.from(truth.buffer))).toBe(true);
        await client.endAsync();
      });
      const [source] = report.sources;
      expect(report.kept).toBe(SENSORS * STEPS);
      expect(source!.disconnects).toBeGreaterThanOrEqual(3);
      expect(report.faults.conflicting).toBe(0);
      expect(report.faults.outOfOrder).toBeGreaterThan(STEPS);
      // What was sent twice on purpose, and what the broker sent again because its acknowledgement was lost.
      expect(report.rows - report.kept).toBe(report.faults.repeated);
      expect(report.faults.repeated).toBeGreaterThanOrEqual(messages.length - SENSORS * STEPS);
      expect(report.rows).toBeLessThan(2 * messages.length);
      if (STEPS > 1000)
        console.log(`${describeIngest(report).slice(0, 3).join("\n")}\n${source!.disconnects} disconnects`);
    },
    PATIENCE_MS,
  );
});

describe("an MQTT source", () => {
  it("takes with --once what the broker kept, acknowledges what cannot be read too, and says it", async () => {
    await begin(new TestBroker());
    await ingestOnce(writeFeed());
    const client = await broker.publisher();
    for (const text of [
      '{"id":"a","at":1740960000000,"v":5}',
      "no json",
      '{"id":"a","at":"?","v":1}',
      "[1]",
    ]) {
      await client.publishAsync("city/north/speed", text, { qos: 1 });
    }
    await client.endAsync();
    const [first, second] = [await ingestOnce(writeFeed()), await ingestOnce(writeFeed())];
    expect(first).toMatchObject({ rows: 1, kept: 1 });
    expect(first.sources[0]).toMatchObject({ messages: 4, unreadable: 3, disconnects: 0 });
    expect(first.sources[0]!.problems.map(({ message }) => message).join("\n")).toMatch(
      /"no json" is no JSON object.*\n.*found "\?" where milliseconds since 1970.*\n.*"\[1\]" is no JSON object/,
    );
    expect(second.sources[0]).toMatchObject({ messages: 0 });
  });

  it("names the variables that hold no credentials", async () => {
    await begin(new TestBroker());
    const path = writeFeed("    userFrom: ORDINANCE_TEST_NO_USER\n");
    await expect(ingestOnce(path)).rejects.toThrow(/the environment has no ORDINANCE_TEST_NO_USER/);
  });
});
