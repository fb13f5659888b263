export interface LogLine {
  number: number;
  time: string;
  text: string;
  isError: boolean;
  /** How often it was told; `time` is that of the last. */
  times: number;
}

/**
 * With one more, the newest first. An error that is told again and again, alone or in turn with others, as while nobody
 * answers, is one line: it does not push out what went before.
 */
export function withLine(lines: readonly LogLine[], line: LogLine): LogLine[] {
  const end = lines.findIndex(({ isError }) => !isError);
  const streak = end === -1 ? lines : lines.slice(0, end);
  const known = line.isError ? streak.find(({ text }) => text === line.text) : undefined;
  if (known === undefined) return [line, ...lines];
  return lines.map((each) => (each === known ? { ...known, time: line.time, times: known.times + 1 } : each));
}
