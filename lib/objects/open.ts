import path from "node:path";
import { type Config, config } from "@/lib/config";
import { folderStore } from "./folder";
import type { ObjectStore } from "./port";

/** The store that the settings name: everything but the marts of the embedded engine lives there. */
export function openObjectStore(
  { objects, dataDir }: Pick<Config, "objects" | "dataDir"> = config(),
): ObjectStore {
  if (objects.kind === "s3") throw new Error("not yet");
  return folderStore(path.join(dataDir, "objects"));
}
