export function report(name: string, value: number, unit: string): void {
  process.stdout.write(`bench ${name} ${value.toFixed(value < 100 ? 3 : 0)} ${unit}\n`);
}

/** NaN if there are none. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))] ?? NaN;
}
