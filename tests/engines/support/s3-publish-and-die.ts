import { readFile } from "node:fs/promises";
import type { ExportRequest } from "@/lib/export";
import { publishExport } from "@/lib/export";
import { s3Store } from "@/lib/objects";
import type { S3Settings } from "@/lib/settings/objects";
import { openDuckDbWarehouse } from "@/lib/warehouse";

/*
 * A process that replaces a file and publishes an export when it is told to, for its parent to kill meanwhile. Argument: a file
 * with a PublishTask.
 */
export interface PublishTask extends Pick<ExportRequest, "registry" | "plan" | "sql" | "report"> {
  settings: S3Settings;
  martFile: string;
  scratchDirectory: string;
}

/** The file `replaced` becomes the local file, and the approval is published. */
export interface PublishOrder {
  approvalId: string;
  replaced: string;
}

const task: PublishTask = JSON.parse(await readFile(process.argv[2] ?? "", "utf8"));
const { settings, martFile, scratchDirectory, ...export_ } = task;
const store = s3Store(settings);
const warehouse = await openDuckDbWarehouse({ path: martFile, writableDirectories: [scratchDirectory] });

process.on("message", async ({ approvalId, replaced }: PublishOrder) => {
  await store.putFile("replaced", replaced);
  await publishExport({ ...export_, store, warehouse, scratchDirectory, approvalId, approvedBy: "tester" });
  process.send?.("done");
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
