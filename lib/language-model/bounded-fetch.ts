import { AppError } from "@/lib/errors";

/** Bytes of one line of a stream, or of an error's page: whoever reads them holds them whole. */
const mostInOne = 1_000_000;

/**
 * `fetch` that gives up on an answer longer than `most.bytes`, or with a line longer than a stream of events has: a server that
 * sends without end must fill neither the memory nor the processor. The body fails with PLANNER_UNAVAILABLE where it would
 * have gone on. `onSend` hears of a request that leaves: none does once a signal was aborted.
 */
export function boundedFetch(
  most: { bytes: number; lines: boolean },
  { onSend, signal }: { onSend: () => void; signal?: AbortSignal },
): typeof fetch {
  return async (input, init) => {
    const signals = [init?.signal, signal].filter((one) => one !== null && one !== undefined);
    const over = AbortSignal.any(signals);
    over.throwIfAborted();
    onSend();
    const response = await fetch(input, { ...init, signal: over });
    if (!response.body) return response;
    const bytes = response.ok ? most.bytes : mostInOne;
    return new Response(response.body.pipeThrough(bounded({ ...most, bytes })), response);
  };
}

function bounded(most: { bytes: number; lines: boolean }): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let inLine = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      const newline = chunk.lastIndexOf(10);
      inLine = newline < 0 ? inLine + chunk.byteLength : chunk.byteLength - newline;
      if (bytes > most.bytes || (most.lines && inLine > mostInOne)) controller.error(tooLong());
      else controller.enqueue(chunk);
    },
  });
}

/** Not worth another try: the next answer would cost as much. */
export function tooLong(): AppError {
  return new AppError(
    "PLANNER_UNAVAILABLE",
    "The language model's answer was far too long, so it was ended.",
  );
}
