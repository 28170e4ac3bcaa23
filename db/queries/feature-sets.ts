import { and, eq } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { featureSetHash } from "@/lib/feature-set/hash";
import type { FeatureSet } from "@/lib/feature-set/schema";
import { database } from "../client";
import { featureSets } from "../schema";
import { found, requireConversation } from "./ownership";

/** Keeps a feature set of the conversation under its hash, which is returned. */
export async function saveFeatureSet(
  viewer: Viewer,
  conversationId: string,
  featureSet: FeatureSet,
): Promise<string> {
  await requireConversation(viewer, conversationId);
  const hash = featureSetHash(featureSet);
  await database()
    .insert(featureSets)
    .values({ hash, conversationId, body: featureSet })
    .onConflictDoNothing();
  return hash;
}

/** @throws AppError NOT_FOUND */
export async function getFeatureSet(
  viewer: Viewer,
  conversationId: string,
  hash: string,
): Promise<FeatureSet> {
  await requireConversation(viewer, conversationId);
  const [row] = await database()
    .select({ body: featureSets.body })
    .from(featureSets)
    .where(and(eq(featureSets.conversationId, conversationId), eq(featureSets.hash, hash)));
  return found(row).body;
}
