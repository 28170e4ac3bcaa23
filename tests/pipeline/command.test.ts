import { execFile } from "node:child_process";
import { expect, it } from "vitest";
import { kill, mart, setUpPipelines } from "../support/pipelines";

const { database, order, withdraw, begun, startExecutor, until } = setUpPipelines();

const stamp = "v2026.11";
const idle = `No process executes pipelines just now. What is queued or running goes on when the app (npm start) or npm run pipeline -- run --mart ${mart} --stamp ${stamp} is started.`;
const joined = `A run of ${stamp} is queued or under way already, and stays as it was asked for.`;

/** `npm run pipeline -- …`, as a person starts it. */
function pipeline(args: string[], onOut = (_: string) => {}) {
  const env = { ...process.env, DATABASE_URL: database().url };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const program = ["--import", "tsx", "scripts/pipeline.ts", ...args];
    const child = execFile(process.execPath, program, { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdout?.on("data", (data) => onOut(String(data)));
  });
}

it("says who executes: nobody just now, or another process with its own settings; and names the run that there is", async () => {
  expect((await pipeline(["status"])).out).toMatch(/^There are no runs\./);
  await order("hold-extract");
  const detached = ["run", "--stamp", stamp, "--previous", "none", "--detach"];
  const queued = (await pipeline(detached)).out.trim().split("\n");
  const id = /^Queued as (\S+)\. npm run pipeline -- status --run \1$/.exec(queued[0] ?? "")?.[1] ?? "";
  expect(queued.slice(1)).toEqual([idle]);

  const executor = await startExecutor();
  await until(async () => (await begun())[0]);
  const listed = (await pipeline(["status"])).out;
  expect(listed).toContain("  running  ");
  expect(listed).not.toContain("No process");
  expect(await pipeline(detached)).toEqual({
    ...{ code: 0, err: "" },
    out: `${joined}\nIt is ${id}. npm run pipeline -- status --run ${id}\n`,
  });

  await kill(executor);
  const shown = (await pipeline(["status", "--stamp", stamp])).out.trim().split("\n");
  expect(shown.slice(-2)).toEqual([`${mart} ${stamp}: running.`, idle]);
  expect(await pipeline(["status", "--stamp", "v2020.01"])).toEqual({
    ...{ code: 1, out: "" },
    err: "There is no run of v2020.01. npm run pipeline -- status lists the runs that there are.\n",
  });

  await startExecutor();
  await until(async () => (await begun())[1]);
  const { code, out } = await pipeline(["run", "--stamp", stamp], (said) => {
    if (said.includes(id)) void withdraw("hold-extract");
  });
  expect(out.split("\n").slice(0, 3)).toEqual([
    joined,
    expect.stringMatching(/^Another process executes this, with its own settings: /),
    `${mart} ${stamp}, run ${id}`,
  ]);
  expect([code, out]).toEqual([0, expect.stringContaining(`${mart} ${stamp} is published.`)]);
  expect((await pipeline(["status"])).out).not.toContain("No process");
});
