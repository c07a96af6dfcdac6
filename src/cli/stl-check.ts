#!/usr/bin/env node
const subcommands = new Set(["learn", "completion"]);
const plainFlag = "--no-satisfiability";

// A reader that has seen enough, such as head, closes the pipe: what is still written is for nobody.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EPIPE") throw cause;
  });
}

const words = process.argv.slice(2);
const paths = words.filter((word) => word !== plainFlag);
const [first] = paths;
if (first !== undefined && !subcommands.has(first) && paths.every((word) => !word.startsWith("-"))) {
  const { plainCheck } = await import("./stl-check/plainCheck.ts");
  await plainCheck(paths, { satisfiability: paths.length === words.length });
} else {
  const { commandLine } = await import("./stl-check/commandLine.ts");
  commandLine();
}
