/**
 * How long anything may take, in milliseconds: the machine may be busy, and it costs nothing where all is well. A test
 * may take longer, so that whoever waited in vain says for what. In a file of its own because people are used without
 * vitest, too, by the benchmark.
 */
export const patience = 90_000;
