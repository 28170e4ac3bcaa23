/** Where a value stands between two pixels. */
export type Scale = (value: number) => number;

/** `domain` laid over `range`, pixels that may run backwards. A domain of one value is put in the middle. */
export function linear([from, to]: [number, number], [start, end]: [number, number]): Scale {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** Round numbers (1, 2 or 5 times a power of ten) from at or below `least` to at or above `greatest`, about `count` of them. */
export function roundTicks(least: number, greatest: number, count = 5): number[] {
  if (least === greatest)
    return roundTicks(Math.min(least, 0), greatest === 0 ? 1 : Math.max(greatest, 0), count);
  const rough = (greatest - least) / Math.max(count - 1, 1);
  // Below that a power of ten is 0 to the machine.
  const power = 10 ** Math.max(Math.floor(Math.log10(rough)), -300);
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(greatest / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The values that an axis of measures shows: from zero, unless that would flatten what there is to see; whole ones of counts. */
export function measureTicks(values: number[], fromZero: boolean, count = 5): number[] {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  const nearZero = fromZero || least <= 0 || least < (greatest - least) * 2;
  const ticks = roundTicks(
    nearZero ? Math.min(least, 0) : least,
    nearZero ? Math.max(greatest, 0) : greatest,
    count,
  );
  return values.every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks;
}

const units: [number, string][] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** 1200000 → "1.2M"; four digits stay together, since they are often a year. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size < 10_000) return String(Number(value.toPrecision(6)));
  const [unit, letter] = units.find(([one]) => size >= one) ?? [1, ""];
  return `${Number((value / unit).toPrecision(4))}${letter}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How instants read in a chart: all alike, and as exactly as the most exact of them has to. */
export function timeLabels(instants: number[]): (instant: number) => string {
  const dates = instants.map((instant) => new Date(instant));
  const isDay = dates.every((date) => date.getTime() % 86_400_000 === 0);
  const isMonth = isDay && dates.every((date) => date.getUTCDate() === 1);
  const isYear = isMonth && dates.every((date) => date.getUTCMonth() === 0);
  return (instant) => {
    const date = new Date(instant);
    const year = date.getUTCFullYear();
    const month = months[date.getUTCMonth()];
    if (isYear) return String(year);
    if (isMonth) return `${month} ${year}`;
    if (isDay) return `${date.getUTCDate()} ${month} ${year}`;
    return `${date.getUTCDate()} ${month} ${date.toISOString().slice(11, 16)}`;
  };
}

/** At most `count` of the values, evenly taken, the first and, where it fits, the last among them. */
export function someOf<T>(values: T[], count: number): T[] {
  if (values.length <= count) return values;
  const step = Math.ceil((values.length - 1) / Math.max(count - 1, 1));
  return values.filter((_, index) => index % step === 0);
}
