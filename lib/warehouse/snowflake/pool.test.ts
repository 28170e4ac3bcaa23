import { describe, expect, it } from "vitest";
import { createPool } from "./pool";

/** Things that tell what became of them. */
function things() {
  const made: {
    id: number;
    usable: boolean;
    closed: boolean;
    isUsable(): boolean;
    close(): Promise<void>;
  }[] = [];
  const open = async () => {
    const thing = {
      ...{ id: made.length, usable: true, closed: false },
      isUsable: () => thing.usable,
      close: async () => {
        thing.closed = true;
      },
    };
    made.push(thing);
    return thing;
  };
  return { made, open };
}

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("a pool", () => {
  it("uses what it has again, and opens no more than its size", async () => {
    const { made, open } = things();
    const pool = createPool(2, open);
    await pool.use(async () => {});
    await pool.use(async () => {});
    expect(made).toHaveLength(1);
    let [lent, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 9 }, () =>
        pool.use(async () => {
          most = Math.max(most, ++lent);
          await settle();
          lent--;
        }),
      ),
    );
    expect([made.length, most]).toEqual([2, 2]);
  });

  it("serves those who wait in turn, also before a newcomer", async () => {
    const pool = createPool(1, things().open);
    const first = held();
    const order: number[] = [];
    const all = [pool.use(first.work)];
    for (const n of [1, 2, 3]) all.push(pool.use(async () => void order.push(n)));
    first.end();
    await all[0];
    all.push(pool.use(async () => void order.push(4)));
    await Promise.all(all);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("lets go who is stopped while waiting, and takes nothing from the others", async () => {
    const pool = createPool(1, things().open);
    const first = held();
    const stop = new AbortController();
    const lending = pool.use(first.work);
    const waiting = pool.use(async () => "never", { signal: stop.signal });
    const after = pool.use(async () => "after");
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    await expect(pool.use(async () => {}, { signal: stop.signal })).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    first.end();
    await lending;
    expect(await after).toBe("after");
  });

  it("lets go who is stopped while something is opened, which is for the next then", async () => {
    const { made, open } = things();
    const opening = held();
    const pool = createPool(1, () => opening.work().then(open));
    const stop = new AbortController();
    const first = pool.use(async () => "never", { signal: stop.signal });
    await settle();
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    const next = pool.use(async (thing) => thing.id);
    opening.end();
    expect(await next).toBe(0);
    expect(made).toHaveLength(1);
  });

  it("closes what is broken, and opens another; a failure of the work breaks nothing", async () => {
    const { made, open } = things();
    const pool = createPool(1, open);
    await expect(pool.use(() => Promise.reject(new Error("work")))).rejects.toThrow("work");
    await pool.use(async (thing) => {
      expect(thing.id).toBe(0);
      thing.usable = false;
    });
    await pool.use(async (thing) => expect(thing.id).toBe(1));
    expect(made.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("takes nothing idle for fresh work", async () => {
    const { made, open } = things();
    const pool = createPool(3, open);
    await Promise.all([pool.use(settle), pool.use(settle)]);
    await pool.use(async (thing) => expect(thing.id).toBe(2), { fresh: true });
    expect(made.map(({ closed }) => closed)).toEqual([true, true, false]);
  });

  it("gives the turn on when nothing can be opened", async () => {
    let tries = 0;
    const pool = createPool(1, async () => {
      tries++;
      throw new Error("cannot open");
    });
    const all = await Promise.allSettled([1, 2, 3].map(() => pool.use(async () => {})));
    expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(tries).toBe(3);
  });

  it("closes everything, also what comes back later, and lends nothing more", async () => {
    const { made, open } = things();
    const pool = createPool(2, open);
    const busy = held();
    const lending = pool.use(busy.work);
    await pool.use(async () => {});
    await pool.close();
    busy.end();
    await lending;
    expect(made.map(({ closed }) => closed)).toEqual([true, true]);
    await expect(pool.use(async () => {})).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
  });
});
