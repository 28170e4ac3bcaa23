/** Line icons on a 16 px grid, drawn here so that nothing is fetched. Decorative: the text beside them names the thing. */
const paths = {
  arrowUp: "M8 13V3.5M3.8 7.4 8 3.2l4.2 4.2",
  check: "m3.2 8.6 3.1 3.1 6.5-7",
  chevron: "m6 3.5 4.5 4.5L6 12.5",
  close: "m4 4 8 8m0-8-8 8",
  copy: "M5.5 5.5V3.4c0-.5.4-.9.9-.9h6.2c.5 0 .9.4.9.9v6.2c0 .5-.4.9-.9.9h-2.1M3.4 5.5h6.2c.5 0 .9.4.9.9v6.2c0 .5-.4.9-.9.9H3.4a.9.9 0 0 1-.9-.9V6.4c0-.5.4-.9.9-.9Z",
  database:
    "M13 4c0 1.1-2.2 2-5 2s-5-.9-5-2 2.2-2 5-2 5 .9 5 2Zm0 0v8c0 1.1-2.2 2-5 2s-5-.9-5-2V4m10 4c0 1.1-2.2 2-5 2s-5-.9-5-2",
  download: "M8 2.5v7.8M4.6 7.2 8 10.6l3.4-3.4M3 13.2h10",
  info: "M8 7.3v3.9M8 4.9v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  moon: "M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8Z",
  pencil: "m9.9 3.7 2.4 2.4M3 13l.6-2.9 6.7-6.7a1 1 0 0 1 1.4 0l.9.9a1 1 0 0 1 0 1.4l-6.7 6.7L3 13Z",
  pipeline:
    "M4.6 4a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0Zm10 8a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0ZM4.6 4h4.2a2 2 0 0 1 2 2v0a2 2 0 0 1-2 2H5.2a2 2 0 0 0-2 2v0a2 2 0 0 0 2 2h6.2",
  plus: "M8 3v10M3 8h10",
  search: "m10.6 10.6 3 3M12 7.2a4.8 4.8 0 1 1-9.6 0 4.8 4.8 0 0 1 9.6 0Z",
  stop: "M4.5 4.5h7v7h-7z",
  sun: "M8 1.8v1.4m0 9.6v1.4M1.8 8h1.4m9.6 0h1.4M3.6 3.6l1 1m6.8 6.8 1 1m0-8.8-1 1M4.6 11.4l-1 1M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0Z",
  trash: "M2.8 4.3h10.4M6.3 4.2V2.8h3.4v1.4M4.2 4.5l.5 8.7h6.6l.5-8.7M6.8 7v3.7M9.2 7v3.7",
  upload: "M8 10.6V2.8M4.6 6 8 2.6 11.4 6M3 13.2h10",
  warning:
    "M8 6.2v3.2M8 11.5v.1M7.1 2.9 1.9 12a1 1 0 0 0 .9 1.5h10.4a1 1 0 0 0 .9-1.5L8.9 2.9a1 1 0 0 0-1.8 0Z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, className = "size-4" }: { name: IconName; className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`shrink-0 ${className}`} fill="none">
      <path
        d={paths[name]}
        stroke="currentColor"
        strokeWidth="1.35"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
