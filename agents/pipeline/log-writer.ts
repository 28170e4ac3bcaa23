import { appendPipelineLogs, type LogLine } from "@/db/queries/pipeline-work";
import { log } from "@/lib/log";
import type { StepName } from "@/lib/pipeline/steps";

const mostLines = 20_000;
const longestLine = 2_000;

/** Stores what a step says in batches: a step may say much in a second. */
export class LogWriter {
  #waiting: LogLine[] = [];
  #written: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #lines = 0;

  constructor(
    private readonly runId: string,
    private readonly step: StepName | null,
  ) {}

  write(text: string): void {
    this.#lines++;
    if (this.#lines > mostLines) return;
    const said = this.#lines === mostLines ? "… more was said, and is left out here." : text;
    this.#waiting.push({ step: this.step, text: said.slice(0, longestLine), at: new Date().toISOString() });
    this.#timer ??= setTimeout(() => this.#flush(), 250);
  }

  /** Resolves when all is stored. A log that cannot be stored fails no step. */
  async written(): Promise<void> {
    this.#flush();
    await this.#written;
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#written = this.#written
      .then(() => appendPipelineLogs(this.runId, lines))
      .catch((error: unknown) =>
        log.warn("pipeline log lost", { runId: this.runId, lines: lines.length, error }),
      );
  }
}
