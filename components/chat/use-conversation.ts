"use client";

import { useChat } from "@ai-sdk/react";
import { generateId } from "ai";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import type { DecisionPart, NoticePart, TableChoicePart } from "@/agents/parts";
import { fetchOrRefuse, RefusedError, sayWhy } from "@/components/fetch-or-refuse";
import { hasOpenQuestion } from "./approval-outcomes";
import { ConversationTransport } from "./transport";
import type { ChatMessage } from "./types";

export interface StoredConversation {
  id: string;
  /** Without the message that a running turn is still writing. */
  messages: ChatMessage[];
  /** A turn is running: it is followed from its first event. */
  running: boolean;
}

const patience = [500, 1000, 2000, 4000, 8000];

/** A conversation as the browser has it: what was stored, what streams in, and what the person does. */
export function useConversation({ id, messages: stored, running }: StoredConversation) {
  const router = useRouter();
  // Until the running turn is heard, nothing can be sent.
  const [resuming, setResuming] = useState(running);
  const transport = useMemo(
    () =>
      new ConversationTransport(() => {
        // The turn ended before it could be followed: its message is stored by now.
        setResuming(false);
        router.refresh();
      }),
    [router],
  );
  const [draft, setDraft] = useState("");
  const [notice, setNotice] = useState<NoticePart | null>(null);
  const [stopping, setStopping] = useState(false);
  const [lost, setLost] = useState(0);
  const sent = useRef<{ id: string; text: string; answers: boolean } | null>(null);

  const chat = useChat<ChatMessage>({
    id,
    messages: stored,
    transport,
    resume: running,
    experimental_throttle: 60,
    onError: handleError,
    onFinish: ({ isError }) => {
      setStopping(false);
      if (isError) return;
      // How the server read an answer in words, it alone knows.
      if (sent.current?.answers) router.refresh();
      sent.current = null;
      setLost(0);
    },
  });
  const { setMessages, resumeStream } = chat;
  const busy = resuming || lost > 0 || chat.status === "submitted" || chat.status === "streaming";

  useEffect(() => {
    if (chat.status !== "ready") setResuming(false);
  }, [chat.status]);

  // The page was read again: the server's word replaces what the browser had.
  const readBefore = useRef(stored);
  const outdated = useRef(false);
  useEffect(() => {
    if (readBefore.current === stored) return;
    if (busy) {
      outdated.current = true;
      return;
    }
    readBefore.current = stored;
    if (outdated.current) {
      // It lacks what was said since.
      outdated.current = false;
      router.refresh();
      return;
    }
    setMessages(stored);
    const unsent = sent.current;
    if (unsent && !stored.some((message) => message.id === unsent.id)) setDraft(unsent.text);
    sent.current = null;
    if (running) void resumeStream();
  }, [stored, running, busy, setMessages, resumeStream, router]);

  // The connection broke: the run goes on at the server, so look for it, with growing patience.
  useEffect(() => {
    if (lost === 0) return;
    const timer = setTimeout(
      async () => {
        await resumeStream();
        // A failure has counted up meanwhile; else the connection is back.
        setLost((times) => (times === lost ? 0 : times));
      },
      patience[Math.min(lost, patience.length) - 1],
    );
    return () => clearTimeout(timer);
  }, [lost, resumeStream]);

  // A run can be stopped once it is there: told before its first event, the server would find nothing to stop.
  useEffect(() => {
    if (!stopping || chat.status !== "streaming") return;
    fetchOrRefuse(`/api/conversations/${encodeURIComponent(id)}/cancel`, { method: "POST" }).catch(
      (error) => {
        setStopping(false);
        setNotice({ level: "warning", text: sayWhy(error) });
      },
    );
  }, [stopping, chat.status, id]);

  function handleError(error: Error) {
    if (!(error instanceof RefusedError)) {
      setLost((times) => times + 1);
      return;
    }
    setLost(0);
    setNotice({ level: "warning", text: error.message, code: error.code });
    // What was refused never became part of the conversation.
    const refused = sent.current;
    if (refused) {
      setMessages((messages) => messages.filter((message) => message.id !== refused.id));
      if (refused.text) setDraft(refused.text);
    }
    sent.current = null;
    if (error.code.startsWith("APPROVAL_") || error.code === "RUN_ACTIVE") router.refresh();
  }

  function send(parts: ChatMessage["parts"], text = "") {
    if (busy) return;
    setNotice(null);
    const messageId = generateId();
    const answers = text !== "" && hasOpenQuestion(chat.messages);
    sent.current = { id: messageId, text, answers };
    void chat.sendMessage({ id: messageId, role: "user", parts });
  }

  return {
    messages: chat.messages,
    busy,
    draft,
    setDraft,
    notice,
    stopping,
    reconnecting: lost > 0 && chat.status === "error",
    sendText() {
      const text = draft.trim();
      if (text === "" || busy) return;
      setDraft("");
      send([{ type: "text", text }], draft);
    },
    decide: (data: DecisionPart) => send([{ type: "data-decision", data }]),
    choose: (data: TableChoicePart) => send([{ type: "data-choice", data }]),
    stop: () => setStopping(true),
  };
}
