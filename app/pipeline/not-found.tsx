import Link from "next/link";

export const metadata = { title: "No such run" };

export default function RunNotFound() {
  return (
    <main className="mx-auto flex max-w-md flex-1 flex-col justify-center gap-3 px-6">
      <h1 className="text-lg font-semibold">There is no such run or table</h1>
      <p className="text-dim">The address may be cut off, or it was of another database.</p>
      <Link href="/pipeline" className="text-accent hover:underline">
        See the runs there are
      </Link>
    </main>
  );
}
