import { ref, type Ref } from 'vue';
import { explain } from './explain.ts';

const mostLines = 200;

export interface LogLine {
  number: number;
  time: string;
  text: string;
  isError: boolean;
}

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
    const line = { number, time: new Date().toLocaleTimeString(), text, isError };
    lines.value = [line, ...lines.value].slice(0, mostLines);
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
