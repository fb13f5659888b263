import { ref, type Ref } from 'vue';
import { explain } from './explain.ts';
import { withLine, type LogLine } from './log_lines.ts';

const mostLines = 200;

export interface Log {
  /** Newest first. */
  lines: Ref<LogLine[]>;
  /** How many errors were told, also those that are not kept any more. */
  errors: Ref<number>;
  say(text: string): void;
  fail(error: unknown): void;
}

/** What happened on this page. */
export function useLog(): Log {
  const lines = ref<LogLine[]>([]);
  const errors = ref(0);
  let number = 0;

  function add(text: string, isError: boolean): void {
    number += 1;
    const line = { number, time: new Date().toLocaleTimeString(), text, isError, times: 1 };
    lines.value = withLine(lines.value, line).slice(0, mostLines);
  }

  return {
    lines,
    errors,
    say: (text) => add(text, false),
    fail(error) {
      errors.value += 1;
      add(explain(error), true);
    },
  };
}
