/** Called once by the web server when it starts, before it answers. */
export async function register(): Promise<void> {
  // Not a setting: the builder puts the value in, and leaves the rest out of what it makes for other runtimes.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    // Whoever started us was killed: a server that nobody can stop would keep the port.
    process.once("disconnect", () => process.exit(1));

    const { ensureDatabase } = await import("@/db/ensure-database");
    // It answered `npm start` a moment ago; should it be restarting just now, a crash would help nobody.
    await ensureDatabase({ patience: Number.POSITIVE_INFINITY });

    const { resumeStaleRuns } = await import("@/agents/run");
    const { log } = await import("@/lib/log");
    const resume = () => resumeStaleRuns().catch((error: unknown) => log.error("resume failed", { error }));
    await resume();
    // A run is known to be abandoned only some seconds after its process died, and that may be another process than this.
    setInterval(resume, 10_000).unref();

    const { startExecutor } = await import("@/agents/pipeline");
    const { processWide } = await import("@/lib/process-wide");
    processWide("pipeline executor", () => startExecutor());

    const { sweepStore } = await import("@/agents/sweep-store");
    void sweepStore();
    setInterval(sweepStore, 24 * 3_600_000).unref();
  }
}
