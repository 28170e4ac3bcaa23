"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Draws the page anew every two seconds while a run on it is under way and somebody looks. */
export function KeepFresh({ while: isNeeded }: { while: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!isNeeded) return;
    const timer = setInterval(() => document.visibilityState === "visible" && router.refresh(), 2_000);
    return () => clearInterval(timer);
  }, [isNeeded, router]);
  return null;
}
