import { Option } from "effect";
import { Argument, Command, GlobalFlag } from "effect/cli";
import { productVersion } from "../productVersion.ts";

/** `stl-check completion SHELL`: prints the script that completes the words of `root` in a shell. */
export const completionCommand = (root: () => Command.Command.Any) =>
  Command.make(
    "completion",
    {
      shell: Argument.Literals("shell", ["bash", "zsh", "fish"]).pipe(
        Argument.withDescription("The shell that is to complete"),
      ),
    },
    ({ shell }) =>
      GlobalFlag.Completions.run(Option.some(shell), {
        command: root(),
        commandPath: [root().name],
        version: productVersion(),
        builtIns: GlobalFlag.BuiltIns,
      }),
  ).pipe(
    Command.withDescription("Print the script that completes the words of this command in a shell"),
    Command.withExamples([
      { command: 'eval "$(stl-check completion bash)"', description: "Complete in this shell" },
    ]),
  );
