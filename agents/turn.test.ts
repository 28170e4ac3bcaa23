import { expect, it } from "vitest";
import { type NodeConfig, type TurnEvent, withProgress } from "./turn";

/** A node's configuration whose messages are kept. */
function recorded() {
  const sent: TurnEvent[] = [];
  const message = { send: (event: TurnEvent) => sent.push(event) };
  const config = { context: { message }, metadata: { langgraph_step: 3 } } as unknown as NodeConfig;
  const lines = () => sent.flatMap((event) => (event.kind === "part" ? [event.data] : []));
  return { config, lines, ids: () => new Set(sent.map(({ id }) => id)) };
}

it("shows who is waited for while it runs, once per change, on the same line", async () => {
  const { config, lines, ids } = recorded();
  let late = (_: string) => {};
  await withProgress(config, "fetch", "Counting", async (tell) => {
    for (const detail of ["waking the warehouse", "Snowflake is running it", "Snowflake is running it"])
      tell(detail);
    late = tell;
  });
  late("after its end");
  const line = { step: "fetch", label: "Counting" };
  expect(lines()).toEqual([
    { ...line, state: "running" },
    { ...line, state: "running", detail: "waking the warehouse" },
    { ...line, state: "running", detail: "Snowflake is running it" },
    { ...line, state: "done", milliseconds: expect.any(Number) },
  ]);
  expect(ids().size).toBe(1);
});

it("ends with a cross where the work failed", async () => {
  const { config, lines } = recorded();
  const work = async (tell: (detail: string) => void) => {
    tell("in Snowflake's queue");
    throw new Error("refused");
  };
  await expect(withProgress(config, "export", "Writing", work)).rejects.toThrow("refused");
  expect(lines().at(-1)).toMatchObject({ state: "failed" });
});
