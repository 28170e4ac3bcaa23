import path from "node:path";
import { type Config, config } from "@/lib/config";
import { processWide } from "@/lib/process-wide";
import { folderStore } from "./folder";
import type { ObjectStore } from "./port";
import { s3Store } from "./s3";

/** The store that the settings name: everything but the marts of the embedded engine lives there. */
export function openObjectStore(given?: Pick<Config, "objects" | "dataDir">): ObjectStore {
  // One client per process, for its connections.
  return given ? open(given) : processWide("object store", () => open(config()));
}

function open({ objects, dataDir }: Pick<Config, "objects" | "dataDir">): ObjectStore {
  return objects.kind === "s3" ? s3Store(objects) : folderStore(path.join(dataDir, "objects"));
}
