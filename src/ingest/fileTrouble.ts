const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a file stands where a folder is needed",
  EEXIST: "a file stands where a folder is needed",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
};

/** The system code of a failure, such as ENOSPC. */
export const systemCode = ({ cause }: { readonly cause?: unknown }): string | undefined => {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
};

/** What went wrong with a file, in words for people: by its system code where it has a common one. */
export const fileTrouble = (error: { readonly message: string; readonly cause?: unknown }): string =>
  WORDS[systemCode(error) ?? ""] ?? error.message;
