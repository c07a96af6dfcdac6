import { Effect, Stream } from "effect";
import type { IClientOptions, MqttClient } from "mqtt";
import { abbreviate } from "../CellReader.ts";
import type { MqttFeed } from "../feed/FeedFile.ts";
import { SourceError } from "../Source.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { flatRow } from "../trace/parseJsonRow.ts";
import { type FeedBatch, type FeedSource, SourceAccount } from "./FeedSource.ts";
import { emptyBatch } from "./GrowingFile.ts";
import { JsonRows } from "./JsonRows.ts";
import { type HeldMessage, MqttInbox } from "./MqttInbox.ts";

const PACKAGE = "mqtt";
/** Waits before a lost broker is tried again, from the first to the longest, each twice the one before. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** A broker that sends nothing for so long has nothing left. */
const QUIET_MS = 2000;
/** Answers of a broker that no waiting changes: bad name, bad credentials, not allowed. */
const REFUSALS: ReadonlySet<number> = new Set([2, 4, 5, 133, 134, 135]);

const decoder = new TextDecoder();

/**
 * The readings of an MQTT broker: one JSON object, or an array of them, a message.
 *
 * The session is kept under the client's name, messages come at least once (QoS 1), and each is acknowledged only after
 * the batch it is in has been; so none is lost, and what comes twice is for the store to see.
 *
 * @param once end when the broker has sent nothing for a while
 */
export const mqttSource = (source: MqttFeed, card: StoreCard, once: boolean): FeedSource => {
  const account = new SourceAccount(`mqtt ${source.url}`, "mqtt");
  const batches = Stream.unwrap(
    Effect.map(connection(source, account), ({ failed, inbox }) => {
      const messages = new MessageRows(source, card, account);
      const next = Effect.gen(function* () {
        const arrived = yield* arrival(inbox, failed, once);
        return arrived ? messages.batches(inbox) : undefined;
      });
      return Stream.fromEffectRepeat(next).pipe(
        Stream.takeWhile((parts) => parts !== undefined),
        Stream.flattenIterable,
      );
    }),
  );
  return { account, batches };
};

/** Waits for a message; false where there will be none. */
const arrival = (
  inbox: MqttInbox,
  failed: Promise<SourceError>,
  once: boolean,
): Effect.Effect<boolean, SourceError> => {
  const message = Effect.callback<boolean>((resume) => {
    const forget = inbox.onArrival(() => resume(Effect.succeed(true)));
    return Effect.sync(forget);
  });
  const failure = Effect.flatMap(
    Effect.promise(() => failed),
    Effect.fail,
  );
  const waiting = Effect.raceFirst(message, failure);
  return once ? Effect.raceFirst(waiting, Effect.as(Effect.sleep(QUIET_MS), false)) : waiting;
};

/** Turns messages into batches, the last of which acknowledges them all. */
class MessageRows {
  readonly #source: MqttFeed;
  readonly #account: SourceAccount;
  readonly #rows: JsonRows;

  constructor(source: MqttFeed, card: StoreCard, account: SourceAccount) {
    this.#source = source;
    this.#account = account;
    this.#rows = new JsonRows(card, source, account);
  }

  batches(inbox: MqttInbox): FeedBatch[] {
    const messages = inbox.take();
    this.#account.messages += messages.length;
    this.#account.redelivered = inbox.redelivered;
    for (const message of messages) this.#take(message);
    const parts = this.#rows.rest();
    const arrivedMs = messages[0]?.arrivedMs ?? 0;
    const acknowledge = Effect.sync(() => inbox.acknowledge(messages));
    return [
      ...parts.slice(0, -1).map((readings) => ({ readings, arrivedMs })),
      { readings: parts.at(-1) ?? emptyBatch(), arrivedMs, acknowledge },
    ];
  }

  #take({ messageId, payload, topic }: HeldMessage): void {
    if (messageId === undefined) {
      this.#account.notes.add(
        "messages come with QoS 0, of which any may be lost; have the sensors publish with QoS 1",
      );
    }
    const place = () => ({ file: topic, line: this.#account.messages });
    const text = decoder.decode(payload);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    const objects: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    const level = this.#source.sensor?.topicLevel;
    const sensor = level === undefined ? undefined : (topic.split("/")[level - 1] ?? "");
    for (const object of objects) {
      if (typeof object === "object" && object !== null && !Array.isArray(object)) {
        this.#rows.row(flatRow(object), place, sensor);
      } else {
        this.#rows.refuse(
          place,
          `the message "${abbreviate(text)}" is no JSON object; publish one, or an array of them.`,
        );
      }
    }
  }
}

/** Connects for as long as the scope is open; a broker that is away is waited for. */
const connection = (source: MqttFeed, account: SourceAccount) =>
  Effect.gen(function* () {
    const { connect } = yield* Effect.tryPromise({
      try: () => import("mqtt"),
      catch: () =>
        new SourceError({
          place: source.url,
          reason: `the package ${PACKAGE}, which MQTT needs, is not installed; run npm install ${PACKAGE}.`,
        }),
    });
    const credentials = yield* credentialsOf(source);
    const options: IClientOptions = {
      ...credentials,
      clientId: source.clientId,
      clean: false,
      resubscribe: false,
      reconnectPeriod: FIRST_WAIT_MS,
    };
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => connect(source.url, options)),
      (open) => Effect.promise(() => open.endAsync(!open.connected)),
    );
    const inbox = new MqttInbox(client);
    const failed = new Promise<SourceError>((resolve) => watch(client, source, account, resolve));
    return { inbox, failed };
  });

/** Subscribes on every connection, and keeps account of those that are lost. */
const watch = (
  client: MqttClient,
  source: MqttFeed,
  account: SourceAccount,
  fail: (error: SourceError) => void,
): void => {
  let connected = false;
  client.on("connect", () => {
    connected = true;
    client.options.reconnectPeriod = FIRST_WAIT_MS;
    client.subscribe([...source.topics], { qos: 1 }, (error, granted) => {
      const refused = (granted ?? []).filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
      if (refused.length > 0) {
        fail(
          new SourceError({
            place: source.url,
            reason: `the broker does not let ${source.clientId} read ${refused.join(", ")}; have it allowed, or correct \`topics\`.`,
          }),
        );
      } else if (error) account.notes.add(`subscribing failed: ${error.message}; it is tried again`);
    });
  });
  client.on("close", () => {
    if (connected && !client.disconnecting) account.disconnects++;
    connected = false;
  });
  client.on("reconnect", () => {
    const { reconnectPeriod = FIRST_WAIT_MS } = client.options;
    client.options.reconnectPeriod = Math.min(LONGEST_WAIT_MS, 2 * reconnectPeriod);
  });
  client.on("error", (error) => {
    const { code } = error as { readonly code?: unknown };
    if (typeof code === "number" && REFUSALS.has(code)) {
      fail(
        new SourceError({
          place: source.url,
          reason: `the broker refuses ${source.clientId} (${error.message}); see to \`clientId\`, \`userFrom\` and \`passwordFrom\`.`,
        }),
      );
    } else account.notes.add(`${source.url}: ${error.message || String(code)}; it is tried again`);
  });
};

/** Credentials from the environment variables that the feed names. */
const credentialsOf = ({ passwordFrom, url, userFrom }: MqttFeed) =>
  Effect.suspend(() => {
    const wanted = { username: userFrom, password: passwordFrom };
    const missing = Object.values(wanted).filter(
      (name) => name !== undefined && process.env[name] === undefined,
    );
    if (missing.length > 0) {
      return Effect.fail(
        new SourceError({
          place: url,
          reason: `the environment has no ${missing.join(" and no ")}, which the feed names; set it.`,
        }),
      );
    }
    return Effect.succeed(
      Object.fromEntries(
        Object.entries(wanted).flatMap(([key, name]) =>
          name === undefined ? [] : [[key, process.env[name]!]],
        ),
      ),
    );
  });
