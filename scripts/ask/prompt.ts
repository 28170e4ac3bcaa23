import { createInterface } from "node:readline";

/** Asks on stderr and reads lines of stdin, typed or piped in ahead of the question. */
export interface Prompt {
  /** The next line; null when the input has ended. */
  ask(question: string): Promise<string | null>;
  close(): void;
}

export function openPrompt(): Prompt {
  const reader = createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async ask(question) {
      process.stderr.write(question);
      const { value, done } = await lines.next();
      if (done) process.stderr.write("\n");
      return done ? null : value.trim();
    },
    close: () => reader.close(),
  };
}
