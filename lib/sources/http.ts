import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isDiskFull } from "@/lib/disk-full";
import { AppError, toAppError } from "@/lib/errors";
import { settingOf } from "./setting";

export interface HttpSource {
  /** One whole answer of up to 512 MiB, asked for again until it has come. */
  get(path: string, query?: Record<string, string | number>): Promise<Buffer>;
  /** Writes one whole answer of any size to a file; asked for again, and written anew, until it has come. */
  download(path: string, file: string): Promise<void>;
}

export interface Patience {
  /** How often a request is tried that fails. Being told to wait is no failure. */
  tries: number;
  /** Before the second try; doubled before each further one, up to 10 s, and then between half and all of it. */
  firstWaitMs: number;
  /** The longest that a source may ask to wait; also the longest in all that one request waits. */
  longestWaitMs: number;
  /** Of one try, until its last byte; of a download between two pieces of it. */
  timeoutMs: number;
}

const usualPatience: Patience = { tries: 6, firstWaitMs: 250, longestWaitMs: 60_000, timeoutMs: 120_000 };
const largestAnswer = 512 * 1024 * 1024;

/**
 * A source's HTTP API at `address`; a name and password in it are sent as Basic authorization. Dropped connections and 5xx
 * are tried again with exponential backoff and jitter; 429 and 503 wait as long as Retry-After says, and where X-Quota-Remaining
 * is 0 nothing is asked before X-Quota-Reset.
 * @throws AppError SOURCE_UNAVAILABLE that names the source, its setting and what to do
 */
export function httpSource(
  source: string,
  address: string,
  { signal, log, ...patience }: { signal: AbortSignal; log(text: string): void } & Partial<Patience>,
): HttpSource {
  const { tries, firstWaitMs, longestWaitMs, timeoutMs } = { ...usualPatience, ...patience };
  const { base, headers } = splitCredentials(address);

  async function attempt<T>(url: URL, take: Take<T>): Promise<{ taken: T; headers: Headers } | Failure> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.any([signal, late.signal]) });
      if (response.ok) return { taken: await take(response, timer), headers: response.headers };
      await response.body?.cancel();
      return { status: response.status, waitMs: retryAfter(response.headers), cause: null };
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof AppError) throw cause;
      return { status: null, waitMs: null, cause };
    } finally {
      clearTimeout(timer);
      // Lets go of an answer that was not read to its end.
      late.abort();
    }
  }

  // A quota that is used up renews at this time.
  let opens = 0;
  async function untilOpen(): Promise<void> {
    const wait = opens - Date.now();
    if (wait > longestWaitMs) throw closed(source, wait);
    if (wait > 0) {
      log(`${source}: its quota is used up; asking again in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, { signal });
    }
  }

  async function ask<T>(path: string, query: Record<string, string | number>, take: Take<T>): Promise<T> {
    const url = new URL(base);
    url.pathname = url.pathname.replace(/\/$/, "") + path;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    let waited = 0;
    for (let failures = 0; ; ) {
      await untilOpen();
      const answer = await attempt(url, take);
      if ("taken" in answer) {
        opens = renewal(answer.headers);
        return answer.taken;
      }
      const { status, waitMs, cause } = answer;
      const isTold = waitMs !== null && (status === 429 || status === 503);
      if (!isTold) failures += 1;
      if (status !== null && status < 500 && status !== 429 && status !== 408) {
        throw refused(source, path, status);
      }
      const wait = isTold ? waitMs : backoff(firstWaitMs, failures);
      waited += wait;
      if (isTold && waited > longestWaitMs) throw closed(source, waitMs);
      if (failures >= tries) throw silent(source, tries, status, cause);
      log(`${source}: ${reasonOf(status)}; asking again in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, { signal });
    }
  }

  return {
    get: (path, query = {}) => ask(path, query, (response) => readAll(source, response)),
    download: (path, file) =>
      ask(path, {}, (response, timer) => writeAll(source, response, file, () => timer.refresh())),
  };
}

/** Takes in an answer's body; an error of the connection while it does is one of the try. */
type Take<T> = (response: Response, timer: NodeJS.Timeout) => Promise<T>;

interface Failure {
  status: number | null;
  waitMs: number | null;
  cause: unknown;
}

function splitCredentials(address: string): { base: URL; headers: Record<string, string> } {
  const base = new URL(address);
  const [user, password] = [base.username, base.password].map(decodeURIComponent);
  base.username = "";
  base.password = "";
  if (!user && !password) return { base, headers: {} };
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  return { base, headers: { authorization: `Basic ${basic}` } };
}

async function readAll(source: string, response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > largestAnswer) {
      throw new AppError("SOURCE_CHANGED", `The source ${source} gave an answer of more than 512 MiB.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function writeAll(source: string, response: Response, file: string, onPiece: () => void) {
  // The disk's errors are not the source's: to ask again would not help.
  const local = (cause: unknown) => {
    if (isDiskFull(cause)) throw toAppError(cause);
    throw new AppError(
      "INTERNAL",
      `The answer of the source ${source} could not be kept. See that the disk of DATA_DIR can be written, then run this step again.`,
      { cause },
    );
  };
  const handle = await open(file, "w").catch(local);
  try {
    for await (const piece of response.body ?? []) {
      onPiece();
      await handle.writeFile(piece).catch(local);
    }
  } finally {
    await handle.close();
  }
}

/** Seconds or a date, as RFC 9110 has it. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get("retry-after");
  if (text === null) return null;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

/** When the quota renews, where the answer says that it is used up: in milliseconds of the epoch, else 0. */
function renewal(headers: Headers): number {
  if (headers.get("x-quota-remaining") !== "0") return 0;
  const time = Date.parse(headers.get("x-quota-reset") ?? "");
  return Number.isNaN(time) ? 0 : time;
}

function backoff(firstWaitMs: number, failures: number): number {
  return Math.min(10_000, firstWaitMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

function reasonOf(status: number | null): string {
  if (status === null) return "the connection failed";
  return status === 429 ? "it asks to wait" : `it answered ${status}`;
}

function refused(source: string, path: string, status: number): AppError {
  const advice =
    status === 401 || status === 403
      ? `Put a name and password that it accepts into ${settingOf(source)}`
      : `See whether ${settingOf(source)} is the address of such a source`;
  return new AppError(
    "SOURCE_UNAVAILABLE",
    `The source ${source} refused ${path} (HTTP ${status}). ${advice}.`,
    {
      details: { source, status },
    },
  );
}

function closed(source: string, waitMs: number): AppError {
  const opens = new Date(Date.now() + waitMs).toISOString();
  return new AppError(
    "SOURCE_UNAVAILABLE",
    `The source ${source} takes no more requests until ${opens}. Run this step again after that; answers that are cached are not asked for again.`,
    { details: { source, opens } },
  );
}

function silent(source: string, tries: number, status: number | null, cause: unknown): AppError {
  return new AppError(
    "SOURCE_UNAVAILABLE",
    `The source ${source} did not answer in ${tries} tries (${reasonOf(status)}). See that it is up and that ${settingOf(source)} is its address, then run this step again.`,
    { details: { source, status }, cause },
  );
}
