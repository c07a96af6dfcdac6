import { Effect } from "effect";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeLines, listLines } from "../../src/ingest/describeCard.ts";
import { dataStatus } from "../../src/ingest/dataStatus.ts";
import { getData } from "../../src/ingest/getData.ts";
import { readCard } from "../../src/ingest/readCard.ts";
import { cardText, TemporaryData } from "./temporaryData.ts";

const DATA = "time,a\n2021-01-01T00:00,1\n";
const sha256 = createHash("sha256").update(DATA).digest("hex");
const WIDE = "kind: wide\ntime: { column: time, clock: utc }\nchannels: [{ name: speed, unit: km/h }]";

/** A zip archive of one file, written by the letter of PKWARE's APPNOTE 4.3. */
const zip = (name: string, content: Uint8Array, method: 0 | 8): Buffer => {
  const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
  const nameBytes = Buffer.from(name);
  const sizes = Buffer.alloc(20);
  sizes.writeUInt16LE(method, 0);
  sizes.writeUInt32LE(crc32(content), 6);
  sizes.writeUInt32LE(packed.length, 10);
  sizes.writeUInt32LE(content.length, 14);
  sizes.writeUInt16LE(nameBytes.length, 18);
  const local = Buffer.concat([
    Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]),
    sizes,
    Buffer.alloc(2),
    nameBytes,
    packed,
  ]);
  const directory = Buffer.concat([
    Buffer.from([0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0]),
    sizes,
    Buffer.alloc(16),
    nameBytes,
  ]);
  const end = Buffer.alloc(22);
  end.set([0x50, 0x4b, 5, 6]);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
};

let place: TemporaryData;
let server: Server;
let address = "";
beforeEach(async () => {
  place = new TemporaryData();
  const packed = zip("deep/data.csv", Buffer.from(DATA), 8);
  const answers: Record<string, [type: string, body: string | Uint8Array]> = {
    "/data.csv": ["text/csv", DATA],
    "/page": ["text/html; charset=utf-8", "<html>click here</html>"],
    "/data.zip": ["application/zip", packed],
    "/nested.zip": ["application/zip", zip("inner.zip", packed, 0)],
    "/cut.zip": ["application/zip", packed.subarray(0, packed.length - 30)],
  };
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": answer?.[0] ?? "text/plain" });
    response.end(answer?.[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  place.remove();
});

const get = () => readCard("t").pipe(Effect.flatMap(getData));

const direct = (path: string, hash = sha256) =>
  cardText(WIDE, `files: [{ path: data.csv, sha256: "${hash}", url: "${address}${path}" }]`);

describe("getData", () => {
  it("downloads, verifies and keeps a file", async () => {
    place.write("cards/t.yaml", direct("/data.csv"));
    const status = await place.run(get());
    expect(status.complete).toBe(true);
    expect(readFileSync(join(place.cache, "t/data.csv"), "utf8")).toBe(DATA);
    expect(readdirSync(join(place.cache, "t"))).toEqual(["data.csv"]);
  });

  it("does not download what is already here", async () => {
    place.write("cards/t.yaml", direct("/none"));
    place.write("data/t/data.csv", DATA);
    expect((await place.run(get())).complete).toBe(true);
    expect(existsSync(join(place.cache, "t"))).toBe(false);
  });

  it.each(["/data.zip", "/nested.zip"])("takes a file out of %s", async (path) => {
    const files = `archives: [{ url: "${address}${path}" }]\nfiles: [{ path: data.csv, sha256: ${sha256} }]`;
    place.write("cards/t.yaml", cardText(WIDE, files));
    expect((await place.run(get())).complete).toBe(true);
    expect(readFileSync(join(place.cache, "t/data.csv"), "utf8")).toBe(DATA);
  });

  it.each([
    [
      "another file",
      "/data.csv",
      "0".repeat(64),
      /has sha256 [0-9a-f]{64}, the card says 0{64}; it was not kept/,
    ],
    ["a page", "/page", sha256, /a page that wants a click or a login/],
    ["nothing there", "/none", sha256, /the server answers 404/],
  ])("says plainly: %s", async (_, path, hash, expected) => {
    place.write("cards/t.yaml", direct(path, hash));
    const error = await place.fail(get());
    expect(error).toMatchObject({ _tag: "DownloadError" });
    expect(error.message).toMatch(expected);
    expect(error.message).toContain(`Files put into ${join(place.cache, "t")} are found as well.`);
    expect(existsSync(join(place.cache, "t"))).toBe(false);
  });

  it("says plainly: no connection", async () => {
    place.write("cards/t.yaml", direct("/data.csv").replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"));
    expect((await place.fail(get())).message).toMatch(/no connection/);
  });

  it("says plainly: a damaged archive", async () => {
    const files = `archives: [{ url: "${address}/cut.zip" }]\nfiles: [{ path: data.csv, sha256: ${sha256} }]`;
    place.write("cards/t.yaml", cardText(WIDE, files));
    expect((await place.fail(get())).message).toMatch(/it is no zip archive, or only the beginning of one/);
  });

  it("says plainly: no address leads to the file", async () => {
    place.write("cards/t.yaml", cardText(WIDE, "obtain: Ask the city.\nfiles: [{ path: data.csv }]"));
    const { message } = await place.fail(get());
    expect(message).toMatch(/No address leads straight to data\.csv/);
    expect(message).toMatch(/Ask the city\./);
  });
});

describe("lines for people", () => {
  it("list and describe say what is here", async () => {
    place.write("cards/t.yaml", direct("/data.csv"));
    const before = await place.run(readCard("t").pipe(Effect.flatMap(dataStatus)));
    expect(listLines([before])).toEqual(["t  not here  1h  UTC  t"]);
    expect(describeLines(before)).toContain("  data.csv: not here");
    place.write("data/t/data.csv", DATA);
    const after = await place.run(readCard("t").pipe(Effect.flatMap(dataStatus)));
    expect(listLines([after])).toEqual(["t  here  1h  UTC  t"]);
    expect(describeLines(after)).toContain(`  ${place.data}/t/data.csv: ${DATA.length} bytes, verified`);
    expect(describeLines(after)).toContain("  speed in km/h");
  });
});
