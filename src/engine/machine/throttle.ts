const UNITS = ['bps', 'iops'] as const;
const KINDS = ['total', 'read', 'write'] as const;
/** Largest limit. */
const MOST = 10n ** 15n;

/** What QEMU says against limits (`iops-total`, `bps-read-max`, …), or undefined where they fit together. */
export function throttleFault(limits: ReadonlyMap<string, bigint>): string | undefined {
  const of = (name: string) => limits.get(name) ?? 0n;
  for (const [key, value] of limits)
    if (value < 0n || value > MOST)
      if (!key.endsWith('-length')) return `bps/iops/max values must be within [0, ${MOST}]`;
  for (const suffix of ['', '-max'])
    for (const unit of UNITS)
      if (
        of(`${unit}-total${suffix}`) &&
        (of(`${unit}-read${suffix}`) || of(`${unit}-write${suffix}`))
      )
        return 'bps/iops/max total values and read/write values cannot be used at the same time';
  if (of('iops-size') && !KINDS.some((kind) => of(`iops-${kind}`)))
    return 'iops size requires an iops value to be set';
  for (const unit of UNITS)
    for (const kind of KINDS) {
      const [average, most] = [of(`${unit}-${kind}`), of(`${unit}-${kind}-max`)];
      const length = limits.get(`${unit}-${kind}-max-length`) ?? 1n;
      if (length === 0n) return 'the burst length cannot be 0';
      if (length > 1n && !most) return 'burst length set without burst rate';
      if (most && !average) return 'bps_max/iops_max require corresponding bps/iops values';
      if (most && most < average) return 'bps_max/iops_max cannot be lower than bps/iops';
    }
  return undefined;
}
