import { onUnmounted } from 'vue';

const retryWait = 2_000;

/** Does something again in a moment, if nobody did it meanwhile and the component is still there. One thing at a time. */
export function useRetry() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;

  function cancel(): void {
    clearTimeout(timer);
  }

  function later(work: () => void): void {
    cancel();
    if (!isGone) timer = setTimeout(work, retryWait);
  }

  onUnmounted(() => {
    isGone = true;
    cancel();
  });

  return { later, cancel };
}
