import { z } from "zod";
import { readJson } from "@/app/api/read-json";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";
import { martOwners } from "@/db/queries/mart-owners";
import { correctMart } from "@/lib/profile";

/** Registers the viewer's mart again, as the person has corrected its description. */
export function PUT(request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const edited = await readJson(request, z.unknown(), 20_000_000);
    const { name } = await params;
    const { draft } = await correctMart({ name, edited, owner: viewer.id }, { owners: martOwners });
    return Response.json({ draft });
  });
}
