"use client";

import { useEffect, useState } from "react";

/**
 * The server's time, going on every second while something runs. It begins with what the server wrote on the page, so that both draw
 * the same, and does not mind a browser's clock that is wrong.
 */
export function useNow(drawnAt: number, runs: boolean): number {
  const [now, setNow] = useState(drawnAt);
  useEffect(() => {
    if (!runs) return;
    const begun = performance.now();
    const timer = setInterval(() => setNow(drawnAt + performance.now() - begun), 1_000);
    return () => clearInterval(timer);
  }, [drawnAt, runs]);
  return now;
}
