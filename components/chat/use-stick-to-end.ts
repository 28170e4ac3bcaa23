"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/**
 * Keeps a scrolling element at its end while its content grows, unless the person has scrolled up.
 * @returns whether it stands at the end, and a way to get there
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
) {
  const [atEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);

  const toEnd = useCallback(() => {
    sticks.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  useEffect(() => {
    const [element, inner] = [scroller.current, content.current];
    if (!element || !inner) return;
    let lastTop = element.scrollTop;
    const onScroll = () => {
      const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
      // Only a move upwards lets go: content that grows also leaves a rest, for a frame.
      if (element.scrollTop < lastTop && rest > 40) sticks.current = false;
      if (rest < 40) sticks.current = true;
      lastTop = element.scrollTop;
      setAtEnd(rest < 120);
    };
    const observer = new ResizeObserver(() => {
      if (sticks.current) element.scrollTo({ top: element.scrollHeight });
      onScroll();
    });
    observer.observe(inner);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller, content]);

  return { atEnd, toEnd };
}
