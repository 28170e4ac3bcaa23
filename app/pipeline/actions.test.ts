import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createPipelineRuns, getPipelineRun, listPipelineRuns } from "@/db/queries/pipeline";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const visitor = aViewer("Asha");
vi.mock("next/cache", () => ({ revalidatePath: () => {} }));
vi.mock("@/app/viewer", () => ({ currentViewer: async () => visitor }));

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  database = await createTestDatabase();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The settings are read once: each test has the actions of a process of its own. */
async function actionsWhere(control: string) {
  vi.stubEnv("DATA_DIR", folder);
  vi.stubEnv("PIPELINE_CONTROL", control);
  vi.resetModules();
  return import("./actions");
}

const aRun = async (stamp: string) => {
  const [run] = await createPipelineRuns(visitor, [{ mart: "auto-marketplace", stamp, asked: {} }]);
  return run?.id ?? "";
};

it("starts, cancels and reruns for everyone who has the pages open", async () => {
  const { startRun, cancelRun, rerunFrom } = await actionsWhere("");
  const started = await startRun("auto-marketplace", "v2020.11");
  if (!started.ok) throw new Error(started.message);
  expect(await cancelRun(started.runId)).toEqual({ ok: true, runId: started.runId });
  expect((await getPipelineRun(visitor, started.runId)).status).toBe("cancelled");
  expect(await rerunFrom(started.runId, "extract")).toMatchObject({ ok: true });
});

it("refuses all three where only the operator may, and says who does", async () => {
  const id = await aRun("v2020.07");
  const before = await listPipelineRuns(visitor);
  const { startRun, cancelRun, rerunFrom } = await actionsWhere("operator");
  for (const refused of [
    await startRun("auto-marketplace", "v2020.08"),
    await cancelRun(id),
    await rerunFrom(id, "extract"),
  ]) {
    expect(refused).toEqual({ ok: false, message: expect.stringContaining("Whoever runs the server") });
  }
  expect(await listPipelineRuns(visitor)).toEqual(before);
});
