import { eq } from "drizzle-orm";
import { pipelineMarts } from "@/db/marts/pipelines";
import type { MartOwners } from "@/lib/profile";
import { database } from "../client";
import { martOwners as table } from "../schema";

/** Says whose a mart is, not who may see it: that is decided where marts are opened for a viewer. */
export const martOwners: MartOwners = {
  find,
  claim: async (mart, ownerId) => {
    await database().insert(table).values({ mart, ownerId }).onConflictDoNothing();
    return (await find(mart)) ?? ownerId;
  },
  isReserved: (mart) => Object.hasOwn(pipelineMarts, mart),
};

async function find(mart: string): Promise<string | null> {
  const [row] = await database().select({ ownerId: table.ownerId }).from(table).where(eq(table.mart, mart));
  return row?.ownerId ?? null;
}
