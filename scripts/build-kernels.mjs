// Compiles src/kernels/assembly to wasm and writes it, base64, as a module that any bundler can take along.
// The first line of the output carries a hash of the sources, the compiler's version and this script, so a second
// run has nothing to do whatever the file times say.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourceFolder = join(root, "src", "kernels", "assembly");
const outputFolder = join(root, "src", "kernels", "generated");
const output = join(outputFolder, "recurrentModule.ts");
const entry = "recurrentModule.ts";

const sources = new Map(
  readdirSync(sourceFolder)
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => [name, readFileSync(join(sourceFolder, name), "utf8")]),
);

const compilerPackage = join(root, "node_modules", "assemblyscript", "package.json");

const fingerprint = () => {
  const hash = createHash("sha256");
  for (const [name, text] of sources) hash.update(`${name}\0${text}\0`);
  hash.update(JSON.parse(readFileSync(compilerPackage, "utf8")).version);
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  return `// ${hash.digest("hex")}`;
};

const firstLineOf = (path) => {
  try {
    return readFileSync(path, "utf8").split("\n", 1)[0];
  } catch {
    return undefined;
  }
};

const compile = async () => {
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const options = ["--outFile", "out.wasm", "-O3", "--converge", "--noAssert", "--runtime", "stub"];
  const diagnostics = [];
  // The memory is the caller's and may be shared with a worker; its largest size is that of a 32-bit address.
  const memory = ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];
  const features = ["--enable", "simd", "--enable", "threads", "--use", "abort="];
  const { error } = await asc.main([entry, ...options, ...memory, ...features], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === "out.wasm") binary = contents;
    },
    listFiles: () => [],
    stderr: { write: (text) => diagnostics.push(String(text)) },
  });
  if (error || binary === undefined) throw new Error(`${entry} does not compile\n${diagnostics.join("")}`);
  return Buffer.from(binary).toString("base64");
};

const mark = fingerprint();
if (firstLineOf(output) !== mark) {
  const base64 = await compile();
  mkdirSync(outputFolder, { recursive: true });
  const aside = `${output}.${process.pid}`;
  const docstring = "/** The MI-GRU kernel as a wasm module, base64; made by scripts/build-kernels.mjs. */";
  writeFileSync(aside, `${mark}\n${docstring}\nexport const recurrentModule =\n  "${base64}";\n`);
  renameSync(aside, output);
}
