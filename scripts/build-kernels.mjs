// Compiles the AssemblyScript of src/kernels and src/edge to wasm and writes each, base64, as a module that any bundler
// can take along. The first line of the output carries a hash of the sources, the compiler's version and this script,
// so a second run has nothing to do whatever the file times say.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// The kernels' memory is the caller's and may be shared with a worker; its largest size is that of a 32-bit address.
const sharedMemory = ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];

const modules = [
  {
    folder: join(root, "src", "kernels"),
    name: "recurrentModule",
    options: [...sharedMemory, "--enable", "threads"],
    docstring: "The MI-GRU kernel as a wasm module, base64",
  },
  {
    folder: join(root, "src", "edge"),
    name: "integerModule",
    // Below stands the table of tanh.
    options: ["--memoryBase", "8192"],
    docstring: "The integer model as a wasm module, base64",
  },
];

const sourcesOf = (folder) =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

const compilerPackage = join(root, "node_modules", "assemblyscript", "package.json");

const fingerprint = (sources) => {
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

const compile = async (sources, entry, moduleOptions) => {
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const options = ["--outFile", "out.wasm", "-O3", "--converge", "--noAssert", "--runtime", "stub"];
  const diagnostics = [];
  const features = ["--enable", "simd", "--use", "abort="];
  const { error } = await asc.main([entry, ...options, ...features, ...moduleOptions], {
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

for (const { folder, name, options, docstring } of modules) {
  const sources = sourcesOf(join(folder, "assembly"));
  const outputFolder = join(folder, "generated");
  const output = join(outputFolder, `${name}.ts`);
  const mark = fingerprint(sources);
  if (firstLineOf(output) === mark) continue;
  const base64 = await compile(sources, `${name}.ts`, options);
  mkdirSync(outputFolder, { recursive: true });
  const aside = `${output}.${process.pid}`;
  const text = `/** ${docstring}; made by scripts/build-kernels.mjs. */\nexport const ${name} =\n  "${base64}";\n`;
  writeFileSync(aside, `${mark}\n${text}`);
  renameSync(aside, output);
}
