import { rm } from "node:fs/promises";
import { afterAll, beforeAll, vi } from "vitest";
import { temporaryFolder } from "./temporary-folder";

/** Gives the tests of a file a DATA_DIR of their own. Returns where it is, to be asked inside of them. */
export function setUpDataFolder(): () => string {
  let folder = "";
  beforeAll(async () => {
    folder = await temporaryFolder();
    vi.stubEnv("DATA_DIR", folder);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}
