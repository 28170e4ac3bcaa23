import { conformTables } from "@/lib/conform";
import type { Step } from "@/lib/pipeline/mart";

/** Types, merges and checks what extract left, as known at END: see `lib/conform`. */
export const conform: Step = (context, mart) => conformTables(context, mart.sources);
