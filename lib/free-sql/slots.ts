import { AppError } from "@/lib/errors";
import { processWide } from "@/lib/process-wide";

/** Why a statement waits: as many of this person's run as may, or of everybody's. */
export type WaitsFor = "own" | "all";

interface SlotOptions {
  /** Whose statement it is; null: nobody's. */
  person: string | null;
  /** How many may run at a time, everybody's together. */
  most: number;
  signal?: AbortSignal;
  /** Hears of a statement that has to wait, and with null that it waits no longer. */
  onWait?: (why: WaitsFor | null) => void;
}

interface Waiting {
  options: SlotOptions;
  begin: () => void;
}

/** So that nobody has all the room there is. */
const mostOfOnePerson = 2;

const slots = processWide("free-sql-slots", () => ({
  /** By whom. */
  running: [] as (string | null)[],
  waiting: [] as Waiting[],
}));

/**
 * Does the work once there is room for it. Who waits is served in turn, but goes behind while their own statements are in the way.
 * @throws AppError QUERY_CANCELLED when the signal is given before that
 */
export async function inSlot<T>(options: SlotOptions, work: () => Promise<T>): Promise<T> {
  await enter(options);
  try {
    return await work();
  } finally {
    slots.running.splice(slots.running.indexOf(options.person), 1);
    slots.waiting.find((one) => obstacle(one.options) === null)?.begin();
  }
}

function enter(options: SlotOptions): Promise<void> {
  const { person, signal, onWait } = options;
  return new Promise((resolve, reject) => {
    const take = () => {
      slots.running.push(person);
      resolve();
    };
    if (signal?.aborted) return reject(new AppError("QUERY_CANCELLED"));
    const why = obstacle(options);
    if (why === null) return take();
    const leave = () => {
      slots.waiting = slots.waiting.filter((one) => one !== waiting);
      reject(new AppError("QUERY_CANCELLED"));
    };
    const waiting: Waiting = {
      options,
      begin: () => {
        slots.waiting = slots.waiting.filter((one) => one !== waiting);
        signal?.removeEventListener("abort", leave);
        onWait?.(null);
        take();
      },
    };
    slots.waiting.push(waiting);
    signal?.addEventListener("abort", leave, { once: true });
    onWait?.(why);
  });
}

function obstacle({ person, most }: SlotOptions): WaitsFor | null {
  const { running } = slots;
  const own = running.filter((one) => one !== null && one === person).length;
  if (own >= mostOfOnePerson) return "own";
  return running.length < most ? null : "all";
}
