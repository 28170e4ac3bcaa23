import { setTimeout as delay } from "node:timers/promises";
import { processWide } from "@/lib/process-wide";
import { closeWithDatabase, openConnection } from "./client";

interface Listener {
  onPayload(payload: string): void;
  onListening(): void;
}

/** By channel, with a connection each that is kept until the database is closed. */
const listening = processWide("listening", () => new Map<string, Set<Listener>>());

/**
 * Calls `onPayload` for every NOTIFY on a channel, and `onListening` whenever listening begins, again after a broken
 * connection too: what was sent in between was missed. While there is no connection nothing is called, so whoever
 * listens also looks by itself now and then.
 * @returns stops listening
 */
export function listen(
  channel: string,
  onPayload: (payload: string) => void,
  onListening: () => void,
): () => void {
  const listener = { onPayload, onListening };
  const listeners = listening.get(channel) ?? keepListening(channel);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The driver's own LISTEN gives up for good when the server is not back at the first try. */
function keepListening(channel: string): Set<Listener> {
  const listeners = new Set<Listener>();
  listening.set(channel, listeners);
  const over = new AbortController();
  closeWithDatabase(async () => {
    listening.delete(channel);
    over.abort();
    await ended;
  });
  const ended = (async () => {
    while (!over.signal.aborted) {
      await listenOnce(channel, listeners, over.signal);
      await delay(500, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return listeners;
}

/** Until the connection breaks, or none could be had. */
async function listenOnce(channel: string, listeners: Set<Listener>, over: AbortSignal): Promise<void> {
  let end = () => {};
  const broken = new Promise<void>((resolve) => {
    end = resolve;
  });
  over.addEventListener("abort", end, { once: true });
  const client = openConnection({
    onclose: end,
    onnotify: (_, payload) => {
      for (const { onPayload } of listeners) onPayload(payload);
    },
  });
  try {
    await client`listen ${client(channel)}`;
    for (const { onListening } of listeners) onListening();
    await broken;
  } catch {
    // Tried again: whoever needs the database hears of it by their own query.
  } finally {
    over.removeEventListener("abort", end);
    await client.end({ timeout: 0 }).catch(() => {});
  }
}
