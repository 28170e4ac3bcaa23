import Link from "next/link";

export const metadata = { title: "Nothing here" };

export default function NotFound() {
  return (
    <main className="mx-auto flex max-w-md flex-1 flex-col justify-center gap-3 px-6">
      <h1 className="text-lg font-semibold">There is nothing here</h1>
      <p className="text-dim">
        The conversation was deleted, or it belongs to someone else. Conversations stay with the browser that
        began them.
      </p>
      <Link href="/" className="text-accent hover:underline">
        Begin a new matrix
      </Link>
    </main>
  );
}
