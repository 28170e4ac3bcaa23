import path from "node:path";
import { config } from "@/lib/config";
import { folderStore, type ObjectStore } from "@/lib/objects";

/** Where previews and exports live, by the settings. */
export function objectStore(): ObjectStore {
  return folderStore(path.join(config().dataDir, "objects"));
}
