import type { IPublishPacket, MqttClient } from "mqtt";

/** Messages that may wait for the disk; beyond, the broker has to wait. */
const MOST_WAITING = 4096;

/** A message that has arrived and is not acknowledged yet. */
export interface HeldMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly arrivedMs: number;
  /** Undefined of a message with QoS 0, which nobody keeps for us. */
  readonly messageId: number | undefined;
  /** Number of the connection it came by: on another its number means another message. */
  readonly connection: number;
}

/**
 * Holds the messages of a client until they are on disk, and acknowledges them then.
 *
 * The client acknowledges a message when its handler calls back, and takes the next one only then; here the handler calls
 * back with a failure at once, upon which the client sends nothing and goes on, and the acknowledgement is sent later. So
 * many messages wait for one write to the disk, not each for its own.
 */
export class MqttInbox {
  /** Messages that the broker sent once more. */
  redelivered = 0;
  readonly #client: MqttClient;
  #waiting: HeldMessage[] = [];
  #connection = 0;
  #wake: (() => void) | undefined;
  #resume: (() => void) | undefined;

  constructor(client: MqttClient) {
    this.#client = client;
    client.handleMessage = (packet, done) => this.#hold(packet, done);
    client.on("close", () => {
      this.#connection++;
      // What is not acknowledged the broker sends again.
      this.#waiting = this.#waiting.filter(({ messageId }) => messageId === undefined);
      this.#release();
    });
  }

  #hold(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { payload, qos } = packet;
    // Left over from a connection that is lost: its number may mean another message on the next one.
    if (qos > 0 && !this.#client.connected) {
      done(new Error("sent again on the next connection"));
      return;
    }
    if (packet.dup) this.redelivered++;
    this.#waiting.push({
      topic: packet.topic,
      payload: typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
      arrivedMs: Date.now(),
      messageId: qos === 0 ? undefined : packet.messageId,
      connection: this.#connection,
    });
    const goOn = (): void => done(qos === 0 ? undefined : new Error("acknowledged when it is on disk"));
    if (this.#waiting.length < MOST_WAITING) goOn();
    else this.#resume = goOn;
    this.#wake?.();
  }

  #release(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Calls back once a message is there; gives the way to take that back. */
  onArrival(wake: () => void): () => void {
    this.#wake = wake;
    if (!this.isEmpty) wake();
    return () => {
      this.#wake = undefined;
    };
  }

  /** All messages that wait. */
  take(): readonly HeldMessage[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#release();
    return taken;
  }

  /** Tells the broker that the messages are safe. */
  acknowledge(messages: readonly HeldMessage[]): void {
    const client = this.#client as unknown as {
      readonly _sendPacket: (packet: object) => void;
    };
    for (const { connection, messageId } of messages) {
      if (messageId === undefined || connection !== this.#connection || !this.#client.connected) continue;
      client._sendPacket({ cmd: "puback", messageId, reasonCode: 0 });
    }
  }
}
