import { randomUUID } from "node:crypto";
import type { Viewer } from "@/lib/auth";

/** A person nobody else in the tests is. */
export function aViewer(name = "Guest"): Viewer {
  return { id: randomUUID(), name };
}
