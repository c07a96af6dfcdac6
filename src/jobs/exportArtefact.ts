/** Writes a proved artefact as C99 for a controller. */
import { Effect, FileSystem, Path, Schema } from "effect";
import { ArtefactError, exportDevice } from "../edge/index.ts";
import { fileTrouble } from "./fileTrouble.ts";
import { readArtefact } from "./readArtefact.ts";
import { ensureWritable, writeFileAtomically } from "./RunDirectory.ts";

/** The proof of this artefact failed: it does not keep its rules. */
export class ProofNotPassed extends Schema.TaggedError<ProofNotPassed>()("ProofNotPassed", {
  path: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: this artefact's proof failed; train again, or change the rules`;
  }
}

/** There is no proof of this artefact, or it cannot be written as asked. */
export class DeviceExportRefused extends Schema.TaggedError<DeviceExportRefused>()("DeviceExportRefused", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

export interface ExportOptions {
  readonly artefactPath: string;
  readonly folder: string;
  /** Name of the files and of their functions. */
  readonly name: string;
  /** By default `proof.json` beside the artefact. */
  readonly proofPath?: string;
}

const ProofOfArtefact = Schema.fromJsonString(
  Schema.Struct({ artefactSha256: Schema.String, passed: Schema.Boolean, judged: Schema.Number }),
);

export const exportArtefact = Effect.fn("exportArtefact")(function* (options: ExportOptions) {
  const path = yield* Path.Path;
  const { artefact } = yield* readArtefact(options.artefactPath);
  const { sha256 } = artefact;
  yield* checkProof(options.proofPath ?? path.join(path.dirname(options.artefactPath), "proof.json"), sha256);
  const { exported, host } = yield* Effect.try({
    try: () => exportDevice(artefact, options.name),
    catch: (cause) => cause,
  }).pipe(
    Effect.catch((cause) =>
      cause instanceof ArtefactError
        ? Effect.fail(new DeviceExportRefused({ path: options.artefactPath, reason: cause.message }))
        : Effect.die(cause),
    ),
  );
  yield* ensureWritable(options.folder);
  const written = {
    header: path.join(options.folder, `${options.name}.h`),
    source: path.join(options.folder, `${options.name}.c`),
    host: path.join(options.folder, `${options.name}_host.c`),
    makefile: path.join(options.folder, "Makefile"),
  };
  yield* writeFileAtomically(written.source, exported.source);
  yield* writeFileAtomically(written.header, exported.header);
  yield* writeFileAtomically(written.host, host.source);
  yield* writeFileAtomically(written.makefile, host.makefile);
  return { ...written, exported, sha256 };
});

const checkProof = Effect.fnUntraced(function* (path: string, sha256: string) {
  const files = yield* FileSystem.FileSystem;
  const refused = (reason: string) => new DeviceExportRefused({ path, reason });
  const text = yield* files
    .readFileString(path)
    .pipe(
      Effect.mapError((cause) =>
        refused(
          `the proof cannot be read (${fileTrouble(cause)}). Give it by --proof; ordinance verify --json makes one`,
        ),
      ),
    );
  const proof = yield* Schema.decodeUnknownEffect(ProofOfArtefact)(text).pipe(
    Effect.mapError(() => refused("it is no proof; ordinance verify --json makes one")),
  );
  if (proof.artefactSha256 !== sha256) {
    return yield* refused(
      `it is the proof of ${proof.artefactSha256}, not of this artefact, ${sha256}; prove this one with ordinance verify --json`,
    );
  }
  if (!proof.passed) return yield* new ProofNotPassed({ path });
});
