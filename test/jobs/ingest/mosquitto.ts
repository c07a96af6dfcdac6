import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { connect, type MqttClient } from "mqtt";
import { type Broker, until } from "./mqttBroker.ts";

/** Whether Mosquitto is installed. */
export const hasMosquitto = (): boolean => spawnSync("mosquitto", ["-h"]).error === undefined;

const listening = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });

/** A Mosquitto on the loopback that keeps its sessions on disk; feeds reach it by way of a relay that can be cut. */
export class Mosquitto implements Broker {
  #port = 0;
  #relayPort = 0;
  #process: ChildProcess | undefined;
  readonly #folder: string;
  readonly #relay: Server;
  /** Bytes that the broker sent on each connection of the feed. */
  readonly #received = new Map<Socket, number>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#relay = createServer((near) => {
      const far = connectSocket(this.#port, "127.0.0.1");
      this.#received.set(near, 0);
      far.on("data", (bytes: Buffer) => this.#received.set(near, this.#received.get(near)! + bytes.length));
      near.pipe(far).pipe(near);
      const end = (): void => {
        this.#received.delete(near);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on("error", end).on("close", end);
    });
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#relayPort}`;
  }

  async start(): Promise<void> {
    if (this.#port === 0) {
      const probe = createServer();
      this.#port = await listening(probe);
      await new Promise((resolve) => probe.close(resolve));
      this.#relayPort = await listening(this.#relay);
    }
    const config = join(this.#folder, "mosquitto.conf");
    writeFileSync(
      config,
      // By itself it keeps a thousand messages for a client that is away, and drops the others.
      `listener ${this.#port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\npersistence true\npersistence_location ${this.#folder}/\nuser root\n`,
    );
    this.#process = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
    await until(() => this.#answers(), "Mosquitto");
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connectSocket(this.#port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  }

  async disconnect(): Promise<void> {
    const cut = Array.from(this.#received.keys());
    for (const socket of cut) socket.destroy();
    await until(() => cut.every((socket) => !this.#received.has(socket)), "the end of the connection");
  }

  /** Whether the feed is connected: after the four bytes of the greeting comes the answer to its subscription. */
  isSubscribed(): boolean {
    return Array.from(this.#received.values()).some((bytes) => bytes > 4);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  }

  /** Stops it for good. */
  async remove(): Promise<void> {
    await this.stop();
    await this.disconnect();
    await new Promise((resolve) => this.#relay.close(resolve));
  }

  /** A client that publishes with QoS 1, not by way of the relay. */
  async publisher(): Promise<MqttClient> {
    const client = connect(`mqtt://127.0.0.1:${this.#port}`, {
      clientId: "publisher",
      clean: false,
      reconnectPeriod: 100,
    });
    client.on("error", () => {});
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    return client;
  }
}
