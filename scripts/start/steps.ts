const isTerminal = process.stdout.isTTY === true;

/**
 * Runs one step of a start and tells how it goes: on a terminal one line that changes and ends with the time it took,
 * elsewhere plain lines. `note` says what the step is at.
 */
export async function step<T>(
  title: string,
  work: (note: (text: string) => void) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const startedAt = performance.now();
  let last = "";
  const note = (text: string) => {
    if (text === last) return;
    last = text;
    if (isTerminal) replaceLine(`  … ${title}: ${text}`);
    else console.log(`${title}: ${text}`);
  };
  if (isTerminal) replaceLine(`  … ${title}`);
  try {
    const result = await work(note);
    end("✓", `${title} (${seconds(startedAt)} s)`);
    return result;
  } catch (error) {
    if (signal?.aborted) end("–", `${title} (stopped)`);
    else end("✗", title);
    throw error;
  }
}

function end(mark: string, text: string): void {
  if (isTerminal) replaceLine("");
  console.log(`${isTerminal ? "  " : ""}${mark} ${text}`);
}

/** Cut to the terminal's width: a wrapped line could not be taken back. */
function replaceLine(text: string): void {
  process.stdout.write(`\r\x1b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}
