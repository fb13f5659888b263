import { expect, test } from 'vitest';
import { withLine, type LogLine } from './log_lines.ts';

let number = 0;
function line(text: string, isError = true): LogLine {
  number += 1;
  return { number, time: `at ${number}`, text, isError, times: 1 };
}

const told = (lines: readonly LogLine[]) => lines.map(({ text, times }) => [text, times]);
const all = (...lines: LogLine[]) => lines.reduce<LogLine[]>((before, each) => withLine(before, each), []);

test('errors that come in turn are told once each, with how often and when last', () => {
  const lines = all(line('started', false), line('nats'), line('gateway'), line('nats'), line('gateway'), line('nats'));
  expect(told(lines)).toEqual([['gateway', 2], ['nats', 3], ['started', 1]]);
  expect(lines[1]?.time).toBe(`at ${number}`);
});

test('after something else happened, an error is told anew; what is no error always is', () => {
  const lines = all(line('nats'), line('active', false), line('nats'), line('active', false), line('active', false));
  expect(told(lines)).toEqual([['active', 1], ['active', 1], ['nats', 1], ['active', 1], ['nats', 1]]);
});
