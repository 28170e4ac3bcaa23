"use client";

import { useEffect, useRef, useState } from "react";
import type { ResultPreview } from "@/agents/parts";
import { formatCell } from "@/components/format";

type Column = ResultPreview["columns"][number];
type Cell = ResultPreview["rows"][number][number];

const WIDTH = 148;
const SPARE = 4;

/**
 * Rows and columns with the header and the keys held still. Only the columns in sight are in the page: a matrix has more
 * than a thousand of them.
 */
export function PreviewTable({
  preview,
  fixed,
  label = "Rows of the matrix",
}: {
  preview: ResultPreview;
  fixed: string[];
  label?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [inSight, setInSight] = useState(8);
  const columns = preview.columns.map((column, index) => ({ ...column, index }));
  const held = columns.filter((column) => fixed.includes(column.name)).slice(0, inSight < 5 ? 1 : 2);
  const free = columns.filter((column) => !held.includes(column));

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setInSight(Math.ceil(element.clientWidth / WIDTH)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const from = Math.max(0, first - SPARE);
  const to = Math.min(free.length, first + inSight + SPARE);
  const shown = free.slice(from, to);

  function find(text: string) {
    const wanted = text.trim().toLowerCase();
    const at = wanted ? free.findIndex((column) => column.name.toLowerCase().includes(wanted)) : 0;
    if (at >= 0) scroller.current?.scrollTo({ left: at * WIDTH });
  }

  if (preview.rows.length === 0) return <p className="text-dim">No rows.</p>;
  return (
    <>
      {free.length > 12 && (
        <input
          type="search"
          aria-label="Scroll to a column"
          placeholder="Scroll to a column"
          onChange={(event) => find(event.target.value)}
          className="mb-2 w-full max-w-64 rounded-md border border-line-strong bg-paper px-2.5 py-1 text-xs placeholder:text-faint"
        />
      )}
      <section
        ref={scroller}
        onScroll={(event) => setFirst(Math.floor(event.currentTarget.scrollLeft / WIDTH))}
        className="scroll-slim relative max-h-[26rem] w-fit max-w-full overflow-auto rounded-md border border-line"
        // A scrolling region must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
        aria-label={label}
      >
        <table
          className="table-fixed border-separate border-spacing-0 text-xs"
          style={{ width: columns.length * WIDTH }}
          aria-colcount={columns.length}
        >
          <thead>
            <tr>
              {held.map((column, place) => (
                <Header key={column.index} column={column} left={place * WIDTH} />
              ))}
              <Gap columns={from} />
              {shown.map((column) => (
                <Header key={column.index} column={column} />
              ))}
              <Gap columns={free.length - to} />
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, number) => (
              // Rows have no name of their own and never change places.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <tr key={number}>
                {held.map((column, place) => (
                  <Value
                    key={column.index}
                    value={row[column.index] ?? null}
                    column={column}
                    left={place * WIDTH}
                  />
                ))}
                <Gap columns={from} />
                {shown.map((column) => (
                  <Value key={column.index} value={row[column.index] ?? null} column={column} />
                ))}
                <Gap columns={free.length - to} />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Gap({ columns }: { columns: number }) {
  return columns > 0 ? <td aria-hidden="true" style={{ width: columns * WIDTH }} /> : null;
}

function Header({ column, left }: { column: Column & { index: number }; left?: number }) {
  const isHeld = left !== undefined;
  return (
    <th
      scope="col"
      aria-colindex={column.index + 1}
      title={column.name}
      style={{ width: WIDTH, left }}
      className={`sticky top-0 border-b border-line-strong bg-sunken px-2 py-1 font-medium ${isHeld ? "z-20 border-r" : "z-10"} ${isNumber(column) && !isHeld ? "text-right" : "text-left"}`}
    >
      <span className="block truncate font-mono text-2xs">{column.name}</span>
      <span className="block text-[0.625rem] leading-3 font-normal text-faint">{column.type}</span>
    </th>
  );
}

function Value({ value, column, left }: { value: Cell; column: Column & { index: number }; left?: number }) {
  const isHeld = left !== undefined;
  return (
    <td
      style={{ width: WIDTH, left }}
      title={value === null ? undefined : String(value)}
      className={`truncate border-b border-line px-2 py-[0.1875rem] tabular-nums ${isHeld ? "sticky z-10 border-r border-r-line-strong bg-surface" : ""} ${isNumber(column) && !isHeld ? "text-right" : ""}`}
    >
      {value === null ? (
        <span className="text-2xs text-faint italic">null</span>
      ) : isHeld ? (
        String(value)
      ) : (
        formatCell(value)
      )}
    </td>
  );
}

function isNumber(column: Column): boolean {
  return column.type === "integer" || column.type === "float" || column.type === "decimal";
}
