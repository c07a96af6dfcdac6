import { Aedes } from "aedes";
import { createServer, type Server, type Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";

/** A broker that a test can stop, start again, and cut off from a client. */
export interface Broker {
  readonly url: string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Stops it for good. */
  readonly remove: () => Promise<void>;
  /** Breaks the connection of the client of this name; the broker knows it then. */
  readonly disconnect: (clientId: string) => Promise<void>;
  /** Whether that client is connected, and its subscription known. */
  readonly isSubscribed: (clientId: string) => boolean;
  /** A client that publishes with QoS 1. */
  readonly publisher: () => Promise<MqttClient>;
}

/** A broker on the loopback that can be stopped and started again with what it had to keep. */
export class TestBroker implements Broker {
  port = 0;
  #broker: Aedes | undefined;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #persistence: unknown;

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker(
      this.#persistence === undefined ? {} : { persistence: this.#persistence },
    );
    this.#persistence = (broker as unknown as { persistence: unknown }).persistence;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
      broker.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as { port: number }).port;
    this.#broker = broker;
    this.#server = server;
  }

  async disconnect(clientId: string): Promise<void> {
    const { clients } = this.#broker as unknown as { clients: Record<string, { conn: Socket }> };
    const client = clients[clientId];
    client?.conn.destroy();
    await until(() => clients[clientId] !== client || client === undefined, `the end of ${clientId}`);
  }

  /** Whether a client is there and the broker keeps subscriptions for it. */
  isSubscribed(clientId: string): boolean {
    const { clients } = this.#broker as unknown as { clients: Record<string, { subscriptions: object }> };
    return Object.keys(clients[clientId]?.subscriptions ?? {}).length > 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
    await new Promise<void>((resolve) => this.#broker?.close(() => resolve()) ?? resolve());
    this.#broker = undefined;
  }

  remove(): Promise<void> {
    return this.stop();
  }

  async publisher(): Promise<MqttClient> {
    const client = connect(this.url, { clientId: "publisher", reconnectPeriod: 100 });
    client.on("error", () => {});
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    return client;
  }
}

/** Waits until something holds; fails after a while that is far longer than it takes. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = 60_000,
): Promise<void> => {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
