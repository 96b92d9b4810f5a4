/** Passes on the first call alone. */
export function firstOnly<T>(action: (value: T) => void): (value: T) => void {
  let called = false;
  return (value) => {
    if (called) return;
    called = true;
    action(value);
  };
}
