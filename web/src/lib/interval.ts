/** Whether bars of `interval`, as the desk writes it (`30m`, `1d`, `1mo`), are shorter than a day. */
export function isIntraday(interval: string): boolean {
  return /[smh]$/.test(interval);
}
