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

/** What must be scrolled sideways to be read, the page itself or a part of it, and by how many pixels. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element): boolean => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
    const all = [document.documentElement, ...[...document.querySelectorAll('body *')].filter(scrolls)];
    return all
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth - element.clientWidth} pixels`);
  });
}
