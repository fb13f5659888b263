import type { Page } from 'playwright-core';

/** What Chromium says of a shift (Layout Instability API). */
interface LayoutShift extends PerformanceEntry {
  sources: { node: Node | null }[];
}

declare global {
  interface Window {
    moved: string[];
  }
}

/** Runs in the page before all else: notes what moves, but for the entries of a list, which newer ones push down. */
export function noteShifts(): void {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries() as LayoutShift[]) {
      for (const { node } of sources) {
        const element = node instanceof Element ? node : (node?.parentElement ?? null);
        if (element !== null && element.closest('tbody, ol') === null) window.moved.push(element.outerHTML.slice(0, 200));
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** What has moved so far, whatever the reason. */
export function moved(page: Page): Promise<string[]> {
  return page.evaluate(() => window.moved);
}

/** By how many pixels the page, or what is open above it, is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = [document.documentElement, ...document.querySelectorAll('dialog[open]')];
    return Math.max(...all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  });
}
