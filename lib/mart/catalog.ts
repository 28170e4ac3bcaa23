import type { FileHandle } from "node:fs/promises";
import type { Registry } from "@/lib/registry";
import type { Warehouse } from "@/lib/warehouse";
import type { MartPlace } from "./layout";

/** One build of a mart at a stamp, which never changes. */
export interface MartBuild {
  stamp: string;
  /** Tells this build from any other, also from those under the same stamp. */
  build: string;
  /**
   * Opens it to be read; whoever opened the warehouse closes it. The scratch directory exists.
   * @returns null where a newer build took its place before it was open: look up that one
   */
  open(scratchDirectory: string): Promise<OpenBuild | null>;
}

export interface OpenBuild {
  registry: Registry;
  warehouse: Warehouse;
  /** Null where a warehouse service holds the build. */
  file: BuildFile | null;
}

/** The embedded engine's file of a build, held open until the warehouse is closed: a newer build may take its path meanwhile. */
export interface BuildFile {
  path: string;
  held: FileHandle;
}

export interface PublishOptions {
  signal?: AbortSignal;
  /** Of `total` tables `done` are there, and this one is under way. */
  onTable?: (table: string, done: number, total: number) => void;
}

/** Where published marts are kept, and which of their builds readers get: files beside each other, or a warehouse service. */
export interface MartCatalog {
  /** The names of the marts that have been published, in alphabetical order, with their current stamps. */
  list(dataDir?: string): Promise<{ name: string; stamp: string }[]>;
  /** The stamp that is current, which is the newest; null where nothing was published. */
  current(place: MartPlace): Promise<string | null>;
  /**
   * The newest build of the stamp, or of the current one.
   * @throws AppError MART_UNKNOWN, MART_DAMAGED
   */
  find(place: MartPlace, stamp?: string): Promise<MartBuild>;
  /**
   * Makes the built file, or a copy of what is in it, the mart's build of the stamp, in one step that readers see whole or not at
   * all. What was there before stays readable for those who have it open. The stamp is then current, unless a newer one is.
   */
  publish(place: MartPlace, stamp: string, builtFile: string, options: PublishOptions): Promise<void>;
  close(): Promise<void>;
}
