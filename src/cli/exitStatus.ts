/** It could not be judged: usage, input that cannot be read, output that cannot be written. */
export const EXIT_NOT_JUDGED = 2;
