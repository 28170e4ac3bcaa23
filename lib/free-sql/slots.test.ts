import { describe, expect, it } from "vitest";
import { inSlot, type WaitsFor } from "./slots";

const [ada, bob] = ["ada", "bob"];

/** Work that is done when told so, and what became of it. */
function statement(person: string | null, most = 4, signal?: AbortSignal) {
  let end = (_: string) => {};
  const told: (WaitsFor | null)[] = [];
  const state = { begun: false, told };
  const work = new Promise<string>((resolve) => {
    end = resolve;
  });
  const done = inSlot({ person, most, signal, onWait: (why) => void told.push(why) }, () => {
    state.begun = true;
    return work;
  });
  done.catch(() => {});
  return Object.assign(state, {
    done,
    end: async () => {
      end("done");
      await done;
    },
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("room for statements", () => {
  it("has two of one person's at a time, and another person's beside them", async () => {
    const own = [statement(ada), statement(ada), statement(ada)];
    const other = statement(bob);
    await settled();
    expect(own.map(({ begun }) => begun)).toEqual([true, true, false]);
    expect(own.map(({ told }) => told)).toEqual([[], [], ["own"]]);
    expect(other).toMatchObject({ begun: true, told: [] });
    await own[0]?.end();
    await settled();
    expect(own[2]).toMatchObject({ begun: true, told: ["own", null] });
    for (const one of [own[1], own[2], other]) await one?.end();
  });

  it("serves who waits in turn, but nobody behind a person whose own are in the way", async () => {
    const [first, second, third] = [statement(ada, 3), statement(ada, 3), statement(bob, 3)];
    const [ownOfAda, ofBob, ofNobody] = [statement(ada, 3), statement(bob, 3), statement(null, 3)];
    await settled();
    expect([ownOfAda.told, ofBob.told, ofNobody.told]).toEqual([["own"], ["all"], ["all"]]);
    await third.end();
    await settled();
    expect([ownOfAda.begun, ofBob.begun, ofNobody.begun]).toEqual([false, true, false]);
    await first.end();
    await settled();
    expect([ownOfAda.begun, ofNobody.begun]).toEqual([true, false]);
    await second.end();
    await settled();
    expect(ofNobody.begun).toBe(true);
    for (const one of [ownOfAda, ofBob, ofNobody]) await one.end();
  });

  it("is given up by who fails, and never taken by who was stopped while waiting", async () => {
    await expect(inSlot({ person: ada, most: 1 }, () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    const running = statement(ada, 1);
    const stop = new AbortController();
    const stopped = statement(bob, 1, stop.signal);
    const next = statement(bob, 1);
    stop.abort();
    await expect(stopped.done).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    await running.end();
    await settled();
    expect([stopped.begun, next.begun]).toEqual([false, true]);
    await next.end();
    await expect(statement(ada, 1, AbortSignal.abort()).done).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
  });
});
