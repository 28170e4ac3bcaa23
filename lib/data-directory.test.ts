import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureDataDirectory } from "./data-directory";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "feature-mart-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("makes the folder and those above it, and is content with one that is there", async () => {
  const wanted = path.join(folder, "a", "b");
  await Promise.all([ensureDataDirectory(wanted), ensureDataDirectory(wanted)]);
  expect((await stat(wanted)).isDirectory()).toBe(true);
});

it.each([
  ["a file in its place", "file"],
  ["a file above it", path.join("file", "below")],
])("says what is wrong with %s", async (_what, name) => {
  await writeFile(path.join(folder, "file"), "");
  await expect(ensureDataDirectory(path.join(folder, name))).rejects.toMatchObject({
    code: "SETTINGS_INVALID",
    message: expect.stringContaining("DATA_DIR"),
  });
});

it.runIf(process.platform === "linux")("comes back where folders cannot be made at all", async () => {
  await expect(ensureDataDirectory("/proc/nope/below")).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
});
