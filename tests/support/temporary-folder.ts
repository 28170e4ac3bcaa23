import { chmod, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** A fresh folder that the embedded PostgreSQL's account can enter, when the tests run as root. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "feature-mart-"));
  await chmod(folder, 0o755);
  return folder;
}
