"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchOrRefuse } from "@/components/fetch-or-refuse";
import { isActive } from "./times";
import type { LogLine, RunNews } from "./types";

/**
 * The run as it was when the page was drawn and as it goes on: follows the run's stream until it is over, through lost
 * connections too. Lines are kept once each, in order.
 */
export function useLiveRun(first: RunNews) {
  const [news, setNews] = useState(first);
  const [isLost, setLost] = useState(false);
  const last = useRef(first.lines.at(-1)?.sequence ?? 0);
  const { id } = first.run;
  const follows = isActive(news.run.status);

  useEffect(() => {
    if (!follows) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource;
    const connect = () => {
      source = new EventSource(`/api/pipeline/${encodeURIComponent(id)}/stream?after=${last.current}`);
      source.onopen = () => setLost(false);
      source.onmessage = ({ data }) => {
        const { run, lines } = JSON.parse(data) as RunNews;
        last.current = lines.at(-1)?.sequence ?? last.current;
        setNews((known) => ({ run, lines: joined(known.lines, lines) }));
      };
      source.addEventListener("over", () => source.close());
      source.onerror = () => {
        setLost(true);
        // A refusal ends the connection for good; the server may only be starting again.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, 2_000);
      };
    };
    connect();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [id, follows]);

  const loadEarlier = useCallback(
    async (before: number) => {
      const answer = await fetchOrRefuse(`/api/pipeline/${encodeURIComponent(id)}/log?before=${before}`);
      const { lines } = (await answer.json()) as { lines: LogLine[] };
      setNews((known) => ({ ...known, lines: joined(lines, known.lines) }));
    },
    [id],
  );

  return { ...news, isLost: isLost && follows, loadEarlier };
}

function joined(before: LogLine[], after: LogLine[]): LogLine[] {
  const last = before.at(-1)?.sequence ?? 0;
  const fresh = after.filter(({ sequence }) => sequence > last);
  return fresh.length > 0 ? [...before, ...fresh] : before;
}
