import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { GET } from "@/app/api/exports/[id]/[kind]/route";
import { currentViewer } from "@/app/viewer";
import { listExports } from "@/db/queries";
import { manifestSchema } from "@/lib/export";
import { openObjectStore } from "@/lib/objects";
import { aViewer } from "@/tests/support/a-viewer";
import { setUpDemoMart } from "@/tests/support/demo-mart";
import { begin, yes } from "@/tests/support/turns";
import { describeWith, freshS3 } from "./support/engines";
import type { S3Server } from "./support/object-server";

// A route finds out who asks by a cookie, which only the web server has.
vi.mock("@/app/viewer", () => ({ currentViewer: vi.fn() }));

describeWith(["s3"], "a conversation whose files live in a bucket", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await freshS3();
    for (const [name, value] of Object.entries(server.settings)) vi.stubEnv(name, value);
    vi.stubEnv("S3_PREFIX", "team/mart");
  });
  afterAll(() => server.stop());
  setUpDemoMart(60);
  const viewer = aViewer("Tester");

  const download = (id: string, kind: string) =>
    GET(new Request(`http://localhost/api/exports/${id}/${kind}`), { params: Promise.resolve({ id, kind }) });

  it("exports there, and its owner alone is led to the files", async () => {
    const tell = await begin(viewer);
    const built = await tell("geo features for sellers in Mumbai, no personal data");
    const asked = await tell(yes(built.approval));
    await tell(yes(asked.approval));
    const [exported] = await listExports(viewer, tell.id);
    const { files } = manifestSchema.parse(exported?.manifest);
    expect(openObjectStore().locate(exported?.prefix ?? "")).toMatch(
      /^s3:\/\/feature-mart\/team\/mart\/exports\//,
    );

    vi.mocked(currentViewer).mockResolvedValue(viewer);
    for (const kind of ["matrix", "dictionary", "manifest"] as const) {
      const answer = await download(exported?.id ?? "", kind);
      expect(answer.status).toBe(302);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const link = answer.headers.get("location") ?? "";
      expect(link.startsWith(`${server.url}/feature-mart/team/mart/exports/`)).toBe(true);
      const file = await fetch(link);
      const bytes = Buffer.from(await file.arrayBuffer());
      const known = files.find((one) => one.kind === kind);
      if (known) expect(createHash("sha256").update(bytes).digest("hex")).toBe(known.sha256);
      else expect(JSON.parse(bytes.toString())).toEqual(exported?.manifest);
      expect(file.headers.get("content-disposition")).toMatch(
        new RegExp(`^attachment; filename="auto-marketplace-v2026\\.11-${kind}\\.(parquet|csv|json)"$`),
      );
    }
    expect((await download(exported?.id ?? "", "secrets")).status).toBe(404);

    vi.mocked(currentViewer).mockResolvedValue(aViewer("Stranger"));
    const refused = await download(exported?.id ?? "", "matrix");
    expect(refused.status).toBe(404);
    expect(refused.headers.get("location")).toBeNull();
  });
});
