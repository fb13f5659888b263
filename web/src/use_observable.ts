import type { Observable } from 'rxjs';
import { shallowRef, watchEffect, type ShallowRef } from 'vue';

/** What an observable says now; `initial` before it said anything, and while there is none. */
export function useObservable<T>(source: () => Observable<T> | undefined, initial: T): Readonly<ShallowRef<T>> {
  const now = shallowRef(initial);
  watchEffect((onCleanup) => {
    now.value = initial;
    const subscription = source()?.subscribe((value) => (now.value = value));
    onCleanup(() => subscription?.unsubscribe());
  });
  return now;
}
