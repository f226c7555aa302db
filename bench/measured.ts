// What a step takes, as a line of JSON on stdout.

/** User and system time: other programs on the machine change it little. */
export interface Figures {
  readonly seconds: number;
  readonly megabytes: number;
}

export function measured(step: () => void): void {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, megabytes } satisfies Figures));
}
