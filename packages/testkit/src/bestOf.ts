/** Milliseconds of CPU that work costs, warm: the least of eight runs, and not what else this machine is doing. */
export const bestOf = (work: () => void): number =>
  Math.min(
    ...Array.from({ length: 8 }, () => {
      const from = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(from);
      return (user + system) / 1_000;
    }),
  );
