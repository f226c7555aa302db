// Seconds as somebody reads them at a glance.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two units at most: `4s`, `12m`, `2h05m`, `3d04h`. */
export function shortTime(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${padded(whole % MINUTE)}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h${padded((whole % HOUR) / MINUTE)}m`;
  return `${Math.floor(whole / DAY)}d${padded((whole % DAY) / HOUR)}h`;
}

const padded = (count: number): string => String(Math.floor(count)).padStart(2, '0');

/** `512 MiB` to three digits: what one compares at a glance. */
export function shortMemory(count: number): string {
  const unit = count < 2 ** 30 ? (['MiB', 2 ** 20] as const) : (['GiB', 2 ** 30] as const);
  const value = count / unit[1];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit[0]}`;
}
