import { getConversation } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import { queryRowsKey } from "./query-rows";

/** All rows of a result of free SQL, as JSON `{columns, rows}`. @throws AppError NOT_FOUND */
export async function getQueryRows(
  viewer: Viewer,
  conversationId: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!/^[0-9a-f]{32}$/.test(name)) throw new AppError("NOT_FOUND");
  const { id } = await getConversation(viewer, conversationId);
  return new Uint8Array(await openObjectStore().get(queryRowsKey(id, name)));
}
