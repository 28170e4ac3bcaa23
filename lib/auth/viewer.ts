import { createHmac, randomUUID } from "node:crypto";
import { signingSecret } from "./secret";

/** Who is asking. Every query of the app database takes one, and gives it only what it owns. */
export interface Viewer {
  id: string;
  name: string;
}

/** Somebody we have not seen before. */
export function newGuest(): Viewer {
  const id = randomUUID();
  return { id, name: `Guest ${id.slice(0, 4)}` };
}

/** Whoever runs `npm run ask` on this data folder: always the same one, and no browser can become it. */
export async function terminalViewer(dataDir: string): Promise<Viewer> {
  const secret = await signingSecret(dataDir);
  const id = createHmac("sha256", secret).update("terminal").digest("hex").slice(0, 32);
  return { id: `terminal-${id}`, name: "Terminal" };
}
