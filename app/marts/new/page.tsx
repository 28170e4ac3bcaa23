import type { Metadata } from "next";
import { UploadForm } from "@/components/marts/upload-form";
import { uploadLimits } from "@/lib/profile";

export const metadata: Metadata = { title: "Add your files" };

export default function NewMartPage() {
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[40rem] px-4 py-6 sm:px-6">
        <h1 className="text-lg font-semibold tracking-tight">Add your files</h1>
        <p className="mt-1 mb-5 text-dim text-pretty">
          Each CSV or Parquet file becomes a table. Types, keys, references and times are inferred from the
          values; you see what was inferred and can correct it. Only you can see the mart.
        </p>
        <UploadForm limits={{ files: uploadLimits.files, fileBytes: uploadLimits.fileBytes }} />
      </div>
    </main>
  );
}
