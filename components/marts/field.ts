/** How a field to type or choose in looks. */
export const fieldClass =
  "block w-full min-w-0 rounded-md border border-line-strong bg-paper px-2 py-1 text-xs disabled:opacity-60";
