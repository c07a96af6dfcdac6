/**
 * Writes the embedded sample: `npx tsx scripts/build-arterial.ts [FOLDER]`, FOLDER is datasets/arterial
 * unless given. The text is the same on every machine; the bytes of the gzip container may differ between
 * versions of zlib.
 */
import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ARTERIAL_SAMPLE } from "../src/series/arterial/arterialSample.ts";
import { panelToCsv } from "../src/series/arterial/panelToCsv.ts";
import { simulateArterial } from "../src/series/arterial/simulateArterial.ts";

const folder = process.argv[2] ?? fileURLToPath(new URL("../datasets/arterial", import.meta.url));
const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

for (const panel of simulateArterial(ARTERIAL_SAMPLE)) {
  const csv = panelToCsv(panel);
  // Node writes mtime 0; byte 9, the operating system, is set to "unknown".
  const packed = gzipSync(csv, { level: 9 });
  packed[9] = 255;
  const path = join(folder, "arterial.csv.gz");
  writeFileSync(`${path}.part`, packed);
  renameSync(`${path}.part`, path);
  console.log(`${path}: ${packed.length} bytes, sha256 ${sha256(packed)}`);
  console.log(`text: ${csv.length} bytes, sha256 ${sha256(csv)}`);
  for (const [k, position] of (panel.positions ?? []).entries()) {
    console.log(`${panel.sensors[k]} ${position?.latitude} ${position?.longitude}`);
  }
}
