const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** Lists, ranges and strides of numbers: the part of cron that everybody agrees on. */
export function isCron(text: string): boolean {
  const fields = text.split(" ");
  return (
    fields.length === ranges.length &&
    fields.every((field, at) =>
      field.split(",").every((part) => {
        const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part);
        const [least = 0, most = 0] = ranges[at] ?? [];
        const numbers = [found?.[1], found?.[2]].filter((n) => n !== undefined).map(Number);
        return found !== null && numbers.every((n) => n >= least && n <= most);
      }),
    )
  );
}
