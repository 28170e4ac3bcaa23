import type { SourceTable } from "@/lib/pipeline/source-table";
import { census } from "./census";
import { clickstream } from "./clickstream";
import { crm } from "./crm";
import { maps } from "./maps";
import { platform } from "./platform";

/** Every table that the sources give, those that others refer to first. */
export const sourceTables: SourceTable[] = [...census, ...platform, ...crm, ...clickstream, ...maps];
